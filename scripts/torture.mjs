// Runs the torture suite from source; see docs/torture.md.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../torture/run/main.ts', import.meta.url));
const flags = ['--import', 'tsx', '--conditions=banyan-source'];
const child = spawn(process.execPath, [...flags, main, ...process.argv.slice(2)], { stdio: 'inherit' });

// The suite cleans up and this waits for it. A terminal sends Ctrl-C to both, and the second one does nothing.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
});
