// The sandbox as a process: stands in for every provider over real HTTP until its starter goes or asks it to stop.
import { readSandboxConfig } from "./config.ts";
import { startSandbox } from "./server.ts";

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function main(): Promise<void> {
  const config = readSandboxConfig(process.env);
  const sandbox = await startSandbox(config);
  process.stdout.write(`sandbox listening on ${sandbox.origin}\n`);
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    void sandbox.close().then(() => process.exit(0));
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  const { starterPid } = config;
  if (starterPid !== null) setInterval(() => (isAlive(starterPid) ? undefined : stop()), 1_000).unref();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
