"""Calls EC2, or another of the Region's services, with boto3 for a test: one JSON request on each line of standard input, one answer on each of output.

Usage: botocore-driver.py ENDPOINT REGION CA_BUNDLE

{"op": "describe_addresses", "args": {...}, "as": {"key": ..., "secret": ..., "token": ...}}
    "service" is ec2 unless told otherwise.
    answers {"answer": ...} or {"code": ..., "status": ..., "message": ...}, and "violations": what the raw
    answer holds that botocore's service model of EC2 does not know, or not in that form.
{"check": {"ACTION": {"Parameter": null | {...}}}}
    answers {"unknown": [...]}: actions and parameters that the service model does not have.
"""

import json
import sys
import xml.etree.ElementTree as ElementTree
from datetime import datetime

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT, REGION, CA_BUNDLE = sys.argv[1:4]
MODEL = botocore.session.get_session().get_service_model("ec2")
# What EC2 answers though its own enumeration lacks it (EC2 API Reference, InternetGatewayAttachment).
DOCUMENTED = {("AttachmentStatus", "available")}
violations = []


def local(tag):
    return tag.split("}")[-1]


def check(element, shape, path, item="item"):
    if shape.type_name == "structure":
        members = {one.serialization.get("name", name): one for name, one in shape.members.items()}
        for child in element:
            name = local(child.tag)
            if name not in members:
                violations.append(f"{path}.{name}: not in the model")
            else:
                check(child, members[name], f"{path}.{name}", item)
        if element.text and element.text.strip():
            violations.append(f"{path}: text in a structure")
    elif shape.type_name == "list":
        for index, child in enumerate(element):
            if local(child.tag) != (item or shape.member.serialization.get("name", "member")):
                violations.append(f"{path}: {local(child.tag)} in a list")
            check(child, shape.member, f"{path}[{index}]", item)
    else:
        check_scalar(element, shape, path)


def check_scalar(element, shape, path):
    text = element.text or ""
    if len(element):
        violations.append(f"{path}: members in a {shape.type_name}")
    try:
        if shape.type_name in ("integer", "long"):
            int(text)
        elif shape.type_name == "boolean" and text not in ("true", "false"):
            raise ValueError(text)
        elif shape.type_name == "timestamp":
            datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
        elif shape.type_name == "string" and text not in (shape.enum or [text]):
            if (shape.name, text) in DOCUMENTED:
                return
            raise ValueError(text)
    except ValueError as error:
        violations.append(f"{path}: {error}")


def inspect_result(response_dict, operation_model, **_):
    """IAM and STS: the result in an element of its own, lists of `member`."""
    root = ElementTree.fromstring(response_dict["body"])
    names = [local(one.tag) for one in root]
    if response_dict["status_code"] >= 300:
        if local(root.tag) != "ErrorResponse" or names != ["Error", "RequestId"]:
            violations.append(f"{local(root.tag)} {names}: not the form of an error")
        return
    if names != [f"{operation_model.name}Result", "ResponseMetadata"]:
        violations.append(f"{names}: not an answer to {operation_model.name}")
    elif operation_model.output_shape is not None:
        check(root[0], operation_model.output_shape, operation_model.name, "member")
    elif len(root[0]):
        violations.append(f"{operation_model.name}: an answer where the model has none")


def inspect_rest(response_dict, operation_model, **_):
    """Route 53: members in the root, lists of items that the model names."""
    root = ElementTree.fromstring(response_dict["body"])
    if response_dict["status_code"] >= 300:
        if local(root.tag) != "ErrorResponse" or [local(one.tag) for one in root] != ["Error", "RequestId"]:
            violations.append(f"{local(root.tag)}: not the form of an error")
        return
    if local(root.tag) != operation_model.output_shape.name:
        violations.append(f"{local(root.tag)}: not an answer to {operation_model.name}")
    check(root, operation_model.output_shape, operation_model.name, None)


def inspect(response_dict, operation_model, **_):
    root = ElementTree.fromstring(response_dict["body"])
    if response_dict["status_code"] >= 300:
        if [local(one.tag) for one in root] != ["Errors", "RequestID"]:
            violations.append(f"{local(root.tag)}: not EC2's form of an error")
        return
    if local(root.tag) != f"{operation_model.name}Response":
        violations.append(f"{local(root.tag)}: not an answer to {operation_model.name}")
    if root.find("{*}requestId") is None:
        violations.append("no requestId")
    # Every answer of EC2 has a requestId, and `return` where there is nothing else to say: neither is in the model.
    for child in [one for one in root if local(one.tag) in ("requestId", "return")]:
        root.remove(child)
    if operation_model.output_shape is not None:
        check(root, operation_model.output_shape, operation_model.name)
    elif len(root):
        violations.append(f"{operation_model.name}: an answer where the model has none")


clients = {}


def client(who, service):
    if (who["key"], service) not in clients:
        made = boto3.client(
            service,
            endpoint_url=ENDPOINT,
            region_name=REGION,
            verify=CA_BUNDLE,
            aws_access_key_id=who["key"],
            aws_secret_access_key=who["secret"],
            aws_session_token=who.get("token"),
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20),
        )
        if service != "ssm":
            form = {"ec2": inspect, "route53": inspect_rest}.get(service, inspect_result)
            made.meta.events.register(f"before-parse.{service}", form)
        clients[who["key"], service] = made
    return clients[who["key"], service]


def query_name(name, shape):
    serialization = shape.serialization
    wire = serialization.get("name", name)
    return serialization.get("queryName") or wire[:1].upper() + wire[1:]


def unknown_parameters(shape, parameters, path):
    while shape.type_name == "list":
        shape = shape.member
    known = {query_name(name, one): one for name, one in shape.members.items()}
    for name, inner in parameters.items():
        if name not in known:
            yield f"{path}.{name}"
        elif inner is not None:
            yield from unknown_parameters(known[name], inner, f"{path}.{name}")


def unknown_actions(actions):
    for action, parameters in actions.items():
        if action not in MODEL.operation_names:
            yield action
        else:
            yield from unknown_parameters(MODEL.operation_model(action).input_shape, parameters, action)


def respond(request):
    if "check" in request:
        return {"unknown": list(unknown_actions(request["check"]))}
    violations.clear()
    try:
        answer = getattr(client(request["as"], request.get("service", "ec2")), request["op"])(**request.get("args", {}))
        answer.pop("ResponseMetadata")
        return {"answer": answer, "violations": list(violations)}
    except ClientError as error:
        failure = error.response["Error"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return {"code": failure["Code"], "message": failure["Message"], "status": status, "violations": list(violations)}


for line in sys.stdin:
    print(json.dumps(respond(json.loads(line)), default=str), flush=True)
