import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Running } from './running.ts';

/** Longer than any run. */
const requestsPerConnection = 1_000_000_000;

/** An nginx with one worker, with the given content of its `http` block, where `PORT` stands for its port. */
export async function startNginx(directory: string, name: string, http: string): Promise<Running> {
  const folder = join(directory, name);
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const config = `
    daemon off; master_process off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
    events { worker_connections 8192; }
    http {
      access_log off; keepalive_requests ${requestsPerConnection}; keepalive_timeout 600s;
      client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
      uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
      ${http.replaceAll('PORT', String(port))}
    }`;
  const file = join(folder, 'nginx.conf');
  await writeFile(file, config);
  const child = spawn('nginx', ['-c', file], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  await answers(port, child.exitCode === null ? ended : undefined);
  return {
    name,
    port,
    pid: child.pid!,
    async close() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** A server of one body of 1 KiB. */
export async function startUpstream(directory: string): Promise<Running> {
  const root = join(directory, 'files');
  await mkdir(root, { recursive: true });
  await writeFile(join(root, 'body'), 'x'.repeat(1024));
  return startNginx(
    directory,
    'upstream',
    `open_file_cache max=10;
     server { listen 127.0.0.1:PORT backlog=4096; default_type application/octet-stream; root ${root}; }`,
  );
}

/** The proxy of nginx, with as many idle connections kept as the others may open. */
export function startNginxProxy(directory: string, upstream: Running): Promise<Running> {
  return startNginx(
    directory,
    'nginx',
    `upstream files { server 127.0.0.1:${upstream.port}; keepalive 64; keepalive_requests ${requestsPerConnection}; }
     server {
       listen 127.0.0.1:PORT backlog=4096;
       location / {
         proxy_pass http://files; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
         proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
       }
     }`,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(port: number, ended: Promise<unknown> | undefined): Promise<void> {
  const failed = ended?.then(() => {
    throw new Error('nginx did not start; its reason is above.');
  });
  failed?.catch(() => undefined);
  for (;;) {
    const reply = fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (await (failed === undefined ? reply : Promise.race([reply, failed as Promise<never>]))) return;
    await wait(20);
  }
}
