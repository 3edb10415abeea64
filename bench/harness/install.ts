import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const bench = new URL('../', import.meta.url);
/** Says for which lock file the packages were installed. */
const stamp = new URL('node_modules/.installed-for', bench);

/** Installs what the benchmarks need beyond the project itself, unless that has been done. */
export async function installPeers(note: (line: string) => void): Promise<void> {
  const lock = await readFile(new URL('package-lock.json', bench));
  const wanted = createHash('sha256').update(lock).digest('hex');
  const installed = await readFile(stamp, 'utf8').catch(() => '');
  if (installed === wanted) return;
  note('Installing the peers into bench/node_modules, which is done once.');
  await npmCi();
  await writeFile(stamp, wanted);
}

async function npmCi(): Promise<void> {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(npm, ['ci', '--no-audit', '--no-fund'], {
      cwd: fileURLToPath(bench),
      shell: process.platform === 'win32',
      // Standard output is for results.
      stdio: ['ignore', process.stderr, process.stderr],
    });
    child.on('error', reject);
    child.on('exit', resolve);
  });
  if (code !== 0) throw new Error(`The peers could not be installed: "npm ci" in bench ended with ${code}.`);
}
