#!/usr/bin/env node
import pc from "picocolors";
import { UserError } from "../config/user-error";
import { newProgram } from "./program";

newProgram()
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof UserError ? `${pc.red("error:")} ${error.message}` : error);
    process.exitCode = 2;
  });
