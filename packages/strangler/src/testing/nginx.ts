import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';

const program = ['nginx', '/usr/sbin/nginx'].find((path) => spawnSync(path, ['-v']).error === undefined);

/** Whether the tests can learn from nginx here. */
export const hasNginx = program !== undefined;

/** A running nginx in front of an upstream. */
export interface NginxProxy extends AsyncDisposable {
  readonly port: number;
}

/** Starts nginx as a streaming proxy that passes upgrades on. */
export async function startNginxProxy(upstreamPort: number): Promise<NginxProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'banyan-nginx-'));
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
    events { worker_connections 512; }
    http {
      access_log off; ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
      map $http_upgrade $wish { default upgrade; '' ''; }
      large_client_header_buffers 4 64k; proxy_buffer_size 128k; proxy_buffers 8 128k; proxy_busy_buffers_size 256k;
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://127.0.0.1:${upstreamPort}; proxy_http_version 1.1; proxy_buffering off; proxy_request_buffering off;
          proxy_set_header Host $http_host; proxy_set_header Connection $wish; proxy_set_header Upgrade $http_upgrade;
          proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }
      }
    }`,
  );
  const child = spawn(program!, ['-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  await vi.waitUntil(() => listens(port), { timeout: 15_000 });
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
