// The extension finds kubelint (or installs it into an environment of its own) and starts its server; everything else
// is the server's.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";

const run = promisify(execFile);
const windows = process.platform === "win32";
const LANGUAGES = ["yaml", "dockercompose", "dockerfile", "ini", "properties", "dotenv", "json", "helm"];

let client: LanguageClient | undefined;
let output: vscode.LogOutputChannel;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  output = vscode.window.createOutputChannel("kubelint", { log: true });
  context.subscriptions.push(
    output,
    vscode.commands.registerCommand("kubelint.restart", () => restart(context)),
    vscode.commands.registerCommand("kubelint.showOutput", () => output.show()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("kubelint")) void restart(context);
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => restart(context)),
  );
  await restart(context);
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

async function restart(context: vscode.ExtensionContext): Promise<void> {
  await client?.stop();
  client = undefined;
  const program = await find(context);
  if (program === undefined) return;
  output.info(`starting ${program} server`);
  const server: ServerOptions = { command: program, args: ["server"] };
  const options: LanguageClientOptions = {
    documentSelector: LANGUAGES.map((language) => ({ scheme: "file", language })),
    initializationOptions: { codeLens: settings().get<boolean>("codeLens", false) },
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/*") },
    outputChannel: output,
  };
  client = new LanguageClient("kubelint", "kubelint", server, options);
  try {
    await client.start();
  } catch (error) {
    output.error(`the server did not start: ${String(error)}`);
    void vscode.window.showErrorMessage("The server of kubelint did not start; its output says why.");
  }
}

function settings(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration("kubelint");
}

/** Returns the program to start: as set, of the workspace's environment, of PATH, or one that is installed now. */
async function find(context: vscode.ExtensionContext): Promise<string | undefined> {
  const named = settings().get<string>("path", "");
  if (named) return named;
  if (vscode.workspace.isTrusted) {
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      for (const environment of [".venv", "venv"]) {
        const program = inEnvironment(path.join(folder.uri.fsPath, environment), "kubelint");
        if (existsSync(program) && (await works(program))) return program;
      }
    }
  }
  if (await works("kubelint")) return "kubelint";
  const own = path.join(context.globalStorageUri.fsPath, "environment");
  const program = inEnvironment(own, "kubelint");
  if (existsSync(program) && (await works(program))) return program;
  return install(own, program);
}

async function install(environment: string, program: string): Promise<string | undefined> {
  const answer = await vscode.window.showInformationMessage(
    "kubelint is not installed. Shall the extension install it into an environment of its own?",
    "Install",
    "Not now",
  );
  if (answer !== "Install") return undefined;
  const python = settings().get<string>("python", "") || (windows ? "python" : "python3");
  try {
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: "Installing kubelint" },
      async () => {
        await run(python, ["-m", "venv", environment]);
        await run(inEnvironment(environment, "python"), ["-m", "pip", "install", "--upgrade", "kubelint[server]"]);
      },
    );
  } catch (error) {
    output.error(`kubelint was not installed: ${String(error)}`);
    void vscode.window.showErrorMessage("kubelint was not installed; its output says why. It needs Python 3.11 or newer.");
    return undefined;
  }
  return program;
}

function inEnvironment(environment: string, program: string): string {
  return windows ? path.join(environment, "Scripts", `${program}.exe`) : path.join(environment, "bin", program);
}

async function works(program: string): Promise<boolean> {
  try {
    await run(program, ["server", "--help"]);
    return true;
  } catch {
    return false;
  }
}
