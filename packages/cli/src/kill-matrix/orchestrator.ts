import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fromSource } from '../../../../scripts/compiled/from-source.ts';

const program = fileURLToPath(new URL('./orchestrator.program.ts', import.meta.url));

/** A process that is ready to run one command. */
export interface Orchestrator {
  /** Runs it; the exit code, or undefined when the process was killed. */
  run(args: readonly string[]): Promise<{ readonly code: number | undefined; readonly output: string }>;
  kill(): void;
}

/** Starts a process and waits until it has loaded everything. */
export async function startOrchestrator(): Promise<Orchestrator> {
  const [compiled] = fromSource(program);
  const child = fork(compiled!, [], {
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => {
      output += text;
    });
  }
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', () => reject(new Error(`The orchestrator did not start: ${output}`)));
  });
  return {
    run: (args) => ended(child, args).then((code) => ({ code, output })),
    kill: () => void child.kill('SIGKILL'),
  };
}

function ended(child: ChildProcess, args: readonly string[]): Promise<number | undefined> {
  return new Promise((resolve) => {
    let code: number | undefined;
    child.on('message', (message) => {
      code = (message as { code: number }).code;
    });
    child.once('exit', () => resolve(code));
    child.send([...args]);
  });
}
