import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Installs what a folder with a package of its own needs beyond the project itself, unless that has been done. */
export async function installPeers(folder: URL, note: (line: string) => void): Promise<void> {
  /** Says for which lock file the packages were installed. */
  const stamp = new URL('node_modules/.installed-for', folder);
  const lock = await readFile(new URL('package-lock.json', folder));
  const wanted = createHash('sha256').update(lock).digest('hex');
  const installed = await readFile(stamp, 'utf8').catch(() => '');
  if (installed === wanted) return;
  const path = fileURLToPath(folder);
  note(`Installing the peers into ${join(basename(path), 'node_modules')}, which is done once.`);
  await npmCi(path);
  await writeFile(stamp, wanted);
}

async function npmCi(folder: string): Promise<void> {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(npm, ['ci', '--no-audit', '--no-fund'], {
      cwd: folder,
      shell: process.platform === 'win32',
      // Standard output is for results.
      stdio: ['ignore', process.stderr, process.stderr],
    });
    child.on('error', reject);
    child.on('exit', resolve);
  });
  if (code !== 0)
    throw new Error(`The peers could not be installed: "npm ci" in ${folder} ended with ${code}.`);
}
