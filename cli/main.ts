#!/usr/bin/env node
import { newProgram } from "./program";
import { runProgram } from "./run-program";

void runProgram(newProgram());
