import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { choosePort } from '@banyan/postgres/embedded';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { type RunningProxy, runProxy } from '../proxy/run-proxy.ts';
import { type LedgerUnderTest, plannedLedger } from '../testing/ledger-with-traffic.ts';
import { runBanyan } from '../testing/run-banyan.ts';

const token = 'a-token-of-16-or-more';
let under: LedgerUnderTest;
let servers: Server[];
let proxies: RunningProxy[];
let control: number;

const route = (...args: string[]) => runBanyan(['route', ...args, '-c', under.configFile]);
const config = () => loadConfig(under.configFile);
const answeredBy = async (path: string, proxy = proxies[0]!) => (await fetch(`${proxy.url}${path}`)).text();

async function serve(name: string): Promise<string> {
  const server = createServer((_request, reply) => reply.end(name));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  servers = [];
  proxies = [];
  control = await choosePort([]);
  const database = 'postgres://127.0.0.1/none';
  under = await plannedLedger({
    monolith: { url: await serve('monolith'), database },
    services: {
      catalogue: { url: await serve('catalogue'), database },
      stock: { url: await serve('stock'), database },
    },
    control: { port: control, token },
    routes: { health: { match: { path: '/health' }, candidate: 'catalogue', mode: { kind: 'moved' } } },
  });
  proxies.push(await runProxy(await config()));
  const { control: _control, ...second } = await config();
  proxies.push(await runProxy(second));
});
afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
  for (const server of servers) server.close();
  await under?.[Symbol.asyncDispose]();
});

describe('banyan proxy record and replay', () => {
  test('records what passes and compares two targets with it, without users', async () => {
    const file = `${under.configFile}.jsonl`;
    const stop = new AbortController();
    const reading = (async () => {
      for (let n = 0; !stop.signal.aborted; n++) {
        await fetch(`${proxies[0]!.url}/items/${n % 7}?token=abc`, { headers: { cookie: 'session=1' } });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const recorded = await runBanyan(['proxy', 'record', file, '--requests', '5', '-c', under.configFile]);
    stop.abort();
    await reading;
    expect(recorded).toMatchObject({ code: 0, stdout: expect.stringContaining('5 requests recorded') });
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines.join()).not.toMatch(/abc|session/);
    const { monolith, services } = await config();
    const replay = (candidate: string) =>
      runBanyan(['proxy', 'replay', file, '--owner', monolith.url, '--candidate', candidate, '--json']);
    const different = await replay(services.stock!.url);
    expect(different.code).toBe(1);
    expect(JSON.parse(different.stdout)).toMatchObject({
      compared: 5,
      different: 5,
      fields: [{ field: 'body', count: 5 }],
    });
    const same = await replay(monolith.url);
    expect(same.code).toBe(0);
    expect(JSON.parse(same.stdout)).toMatchObject({ compared: 5, equal: 5 });
    expect(JSON.parse((await replay('http://127.0.0.1:9')).stdout)).toMatchObject({ failed: 5 });
  });

  test('replays to the two targets and nobody else, whatever a client had asked for', async () => {
    const file = `${under.configFile}.slashes.jsonl`;
    await writeFile(file, '{"method":"GET","url":"//127.0.0.1:9/x","headers":{}}\n');
    const { monolith, services } = await config();
    const ended = await runBanyan([
      ...['proxy', 'replay', file, '--owner', monolith.url, '--candidate', services.stock!.url, '--json'],
    ]);
    expect(JSON.parse(ended.stdout)).toMatchObject({ compared: 1, different: 1, skipped: 0 });
  });

  const good = '{"method":"GET","url":"/x","headers":{}}';
  test.each([
    ['a file that is not there', undefined, 'http://127.0.0.1:9', /none\.jsonl can't be read/],
    ['a file without requests', '\n', 'http://127.0.0.1:9', /holds no requests/],
    ['a line that is no JSON', `${good}\nno`, 'http://127.0.0.1:9', /line 2, is no recorded request/],
    ['a line that is something else', '{"a":1}', 'http://127.0.0.1:9', /line 1, is no recorded request/],
    ['another protocol', good, 'ftp://127.0.0.1', /"ftp:\/\/127\.0\.0\.1" is not an address/],
    [
      'an owner that is down, so that nothing is compared',
      good,
      'http://127.0.0.1:9',
      /Nothing was compared.*Is it up/,
    ],
  ])('replay refuses %s', async (_name, content, owner, sentence) => {
    const file = `${under.configFile}.${content === undefined ? 'none' : 'bad'}.jsonl`;
    if (content !== undefined) await writeFile(file, content);
    const targets = ['--owner', owner, '--candidate', 'http://127.0.0.1:9'];
    const ended = await runBanyan(['proxy', 'replay', file, ...targets]);
    expect([ended.code, ended.stdout]).toEqual([1, '']);
    expect(stripVTControlCharacters(ended.stderr)).toMatch(sentence);
    expect(ended.stderr).not.toMatch(/^\s+at /m);
  });

  test('records into no file that is there, unless it is told to, and nothing is left of a recording that failed', async () => {
    const file = `${under.configFile}.kept.jsonl`;
    const record = (...more: string[]) =>
      runBanyan(['proxy', 'record', file, '--seconds', '1', ...more, '-c', under.configFile]);
    await writeFile(file, 'mine');
    const refused = await record();
    expect([refused.code, await readFile(file, 'utf8')]).toEqual([1, 'mine']);
    expect(refused.stderr).toMatch(/is there already: name another file, or .*--force/);
    const forced = await record('--force');
    expect(forced).toMatchObject({ code: 0, stdout: expect.stringContaining('no read passed this proxy') });
    expect(await readFile(file, 'utf8')).toBe('');

    // Somebody else records.
    const headers = { authorization: `Bearer ${token}` };
    const recording = `${proxies[0]!.controlUrl}/recording`;
    await fetch(recording, { method: 'PUT', headers, body: '{"requests":7,"sample":1}' });
    await rm(file);
    expect(await record()).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Somebody records already, 0 of 7 .*--force/),
    });
    const left = await readdir(path.dirname(file));
    expect(left.filter((name) => name.includes('.kept.'))).toEqual([]);
    expect((await record('--force')).code).toBe(0);
    expect(await (await fetch(`${recording}/progress`, { headers })).json()).toMatchObject({ wanted: 0 });
  });

  test.each([
    ['--requests', '0', /--requests: "0" is not a whole number from 1 to 10000/],
    ['--requests', '1.5', /--requests: "1.5" is not a whole number/],
    ['--sample', '101', /--sample: "101" is not a number above 0, up to 100/],
    ['--sample', '0', /--sample: "0" is not a number above 0/],
    ['--seconds', 'soon', /--seconds: "soon" is not a number/],
    ['--seconds', '5', /recording\.jsonl can't be written: .*may write to/],
  ])('record refuses %s %s', async (option, value, sentence) => {
    const file = '/none/recording.jsonl';
    const ended = await runBanyan(['proxy', 'record', file, option, value, '-c', under.configFile]);
    expect(ended.code).toBe(1);
    expect(stripVTControlCharacters(ended.stderr)).toMatch(sentence);
  });
});

describe('banyan route', () => {
  test('sets a route, which every proxy that follows the ledger then runs', async () => {
    expect(await answeredBy('/stock/1')).toBe('monolith');
    const set = await route(
      'set',
      'stock',
      '--path',
      '/stock/:id',
      '--candidate',
      'stock',
      '--mode',
      'moved',
      '--why',
      'try it',
      '--by',
      'ada',
    );
    expect(set).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/stock changed; the proxy runs revision \d+/),
    });
    expect(await answeredBy('/stock/1')).toBe('stock');
    await expect.poll(() => answeredBy('/stock/1', proxies[1])).toBe('stock');
    const revision = JSON.parse((await route('revision', '--json')).stdout);
    await expect
      .poll(async () => Object.values(JSON.parse((await route('revision', '--json')).stdout).proxies))
      .toMatchObject([{ revision: String(revision.revision) }, { revision: String(revision.revision) }]);
  });

  test('lists them, those of migrations too, and those of the configuration', async () => {
    const rows = (await route('list', '--json')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ name, status }) => [name, status]).sort()).toEqual([
      ['health', 'set'],
      ['item', 'migration catalogue'],
      ['stock', 'set'],
    ]);
    expect((await route('list')).stdout).toMatch(/stock +\/stock\/:id +stock +set/);
    expect(await answeredBy('/health')).toBe('catalogue');
  });

  test('changes one thing and leaves the rest, keeps who and why, and goes back', async () => {
    await route('set', 'stock', '--mode', 'owner', '--why', 'it is slow', '--by', 'bob');
    expect(await answeredBy('/stock/1')).toBe('monolith');
    const { stdout } = await route('history', 'stock');
    expect(stdout).toMatch(/set +bob +it is slow\n.*set +ada +try it/);
    await route('revert', 'stock', '--why', 'it was the network');
    expect(await answeredBy('/stock/1')).toBe('stock');
    const [, before] = JSON.parse(
      `[${(await route('history', 'stock', '--json')).stdout.trim().replaceAll('\n', ',')}]`,
    );
    await route('revert', 'stock', '--to', String(before.revision), '--why', 'no, it is slow');
    expect(await answeredBy('/stock/1')).toBe('monolith');
  });

  test('goes back behind a removal, and begins anew after one', async () => {
    const say = (...args: string[]) => route(...args, '--why', 'test');
    const gone = ['--path', '/gone', '--candidate', 'stock', '--header', 'x-beta=*'];
    expect((await say('set', 'gone', ...gone, '--mode', 'canary', '--share', '10')).code).toBe(0);
    expect((await say('set', 'gone', '--share', '30')).code).toBe(0);
    const modeOf = async () => {
      const lines = (await route('list', '--json')).stdout.trim().split('\n');
      return lines.map((line) => JSON.parse(line)).find(({ name }) => name === 'gone')?.mode;
    };
    expect(await modeOf()).toMatchObject({ share: 0.3, sample: 0.2 });
    await say('remove', 'gone');
    expect(await modeOf()).toBeUndefined();
    const [removed] = (await route('history', 'gone', '--json')).stdout.split('\n');
    await say('revert', 'gone');
    expect(await modeOf()).toMatchObject({ share: 0.3 });
    const { revision } = JSON.parse(removed!);
    expect((await say('revert', 'gone', '--to', String(revision))).stderr).toMatch(/does not say/);
    await say('remove', 'gone');
    expect((await say('set', 'gone', '--mode', 'owner')).stderr).toMatch(/--path/);
  });

  test('holds a rollout and approves of its stages', async () => {
    await route('set', 'stock', '--rollout', '5,50', '--approvals', '50', '--why', 'begin');
    await route('hold', 'stock', '--why', 'a freeze', '--by', 'ada');
    const listed = async () =>
      (await route('list', '--json')).stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .find(({ name }) => name === 'stock');
    expect(await listed()).toMatchObject({ stage: 'compared', waitsFor: 'held by ada: a freeze' });
    await route('release', 'stock', '--why', 'over');
    expect(await listed()).toMatchObject({ waitsFor: expect.stringContaining('not sure enough yet') });
    expect((await route('approve', 'stock', '--why', 'fine')).stdout).toContain('changed');
    expect((await route('approve', 'stock', '--why', 'fine')).stdout).toContain('stays as it was');
    expect((await route('remove', 'stock', '--why', 'done')).code).toBe(0);
    expect(await listed()).toBeUndefined();
  });

  test.each<[string, string[], RegExp]>([
    [
      'an upstream that is none',
      ['set', 'x', '--path', '/x', '--candidate', 'basket', '--mode', 'moved'],
      /no upstream "basket".*monolith, catalogue, stock/,
    ],
    ['a path that can’t be', ['set', 'x', '--path', '/a/*/b'], /only as the whole last segment/],
    ['a route of a migration', ['set', 'item', '--path', '/x'], /moved by the migration catalogue/],
    ['a route that is not there', ['hold', 'nothing'], /no route "nothing".*There are: health, stock/],
    [
      'a share that is none',
      ['set', 'x', '--path', '/x', '--mode', 'canary', '--share', 'half', '--candidate', 'stock'],
      /"half" is not a number/,
    ],
    ['no path', ['set', 'x', '--mode', 'owner'], /--path/],
    ['a header without a value', ['set', 'x', '--path', '/x', '--header', 'x-beta'], /not <name>=<value>/],
    ['a share without a canary', ['set', 'health', '--share', '5'], /--share goes with --mode canary.*moved/],
    [
      'a share of a rollout',
      ['set', 'x', '--path', '/x', '--rollout', '5', '--share', '5'],
      /leave out --share/,
    ],
    ['a file and more', ['set', 'x', '--file', 'x.json', '--path', '/x'], /leave out --path, or --file/],
    ['approvals of nothing', ['set', 'health', '--approvals', '5'], /say --rollout/],
    [
      'approvals of no share',
      ['set', 'x', '--path', '/x', '--candidate', 'stock', '--rollout', '5,50', '--approvals', '55'],
      /approvals: names a share that is not/,
    ],
    [
      'shares that shrink',
      ['set', 'x', '--path', '/x', '--candidate', 'stock', '--rollout', '50,5'],
      /shares: grows from/,
    ],
    [
      'methods in lower case',
      ['set', 'x', '--path', '/x', '--methods', 'get'],
      /"get" is not an HTTP method in upper case/,
    ],
    ['a revision that is none', ['revert', 'health', '--to', 'first'], /"first" is not a revision/],
    ['a revision before the first', ['revert', 'health', '--to', '0'], /does not say.*as of revision 0/],
  ])('refuses %s and changes nothing', async (_what, args, message) => {
    const before = (await route('revision', '--json')).stdout;
    expect(await route(...args, '--why', 'test')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(message),
    });
    expect(JSON.parse((await route('revision', '--json')).stdout).revision).toBe(JSON.parse(before).revision);
  });

  test('exports the routes of the ledger, and says what the other proxy can’t', async () => {
    const nginx = await route('export', 'nginx', '--listen', '0.0.0.0:8080');
    expect(nginx).toMatchObject({ code: 0, stderr: expect.stringMatching(/^health.*: a read/m) });
    expect(nginx.stdout).toMatch(/listen 0\.0\.0\.0:8080;/);
    const envoy = JSON.parse((await route('export', 'envoy', '--listen', '[::1]:8080')).stdout);
    expect(envoy.static_resources.listeners[0].address.socket_address.address).toBe('::1');
    for (const listen of ['8080', 'host', 'host:99999', 'a b:80', '127.0.0.1:80; evil', '::1:80']) {
      const ended = await route('export', 'nginx', '--listen', listen);
      expect([ended.code, ended.stdout]).toEqual([1, '']);
      expect(stripVTControlCharacters(ended.stderr)).toMatch(/--listen: ".*" is not host:port/);
    }
  });

  test('says so where the proxy has another token, and where something else has its port', async () => {
    const source = await readFile(under.configFile, 'utf8');
    const { port } = servers[0]!.address() as AddressInfo;
    const wrong = [
      [source.replace(token, `${token}-other`), /The proxy has another token/],
      [source.replace(`"port": ${control}`, `"port": ${port}`), /is not the control API of a proxy/],
    ] as const;
    for (const [index, [text, sentence]] of wrong.entries()) {
      const file = path.join(path.dirname(under.configFile), `wrong-${index}.config.mjs`);
      await writeFile(file, text);
      const ended = await runBanyan(['route', 'list', '-c', file]);
      expect([ended.code, ended.stdout]).toEqual([1, '']);
      expect(ended.stderr).toMatch(sentence);
      expect(ended.stderr).not.toMatch(/^\s+at /m);
      await rm(file);
    }
  });

  test('answers nobody without the token, and only on this machine', async () => {
    const url = proxies[0]!.controlUrl!;
    expect(url).toContain('127.0.0.1');
    for (const authorization of ['', 'Bearer wrong', `Bearer ${token}x`]) {
      expect((await fetch(`${url}/routes`, { headers: { authorization } })).status).toBe(401);
    }
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${url}/elsewhere`, { headers })).status).toBe(404);
    const put = (body: string) => fetch(`${url}/routes/x`, { method: 'PUT', headers, body });
    expect((await put('{')).status).toBe(400);
    expect((await put('[]')).status).toBe(400);
    for (const where of ['/routes/%zz', '/routes/x/y/z', '/routes/none', '/recording/x', '/revision']) {
      const method = where === '/revision' ? 'POST' : 'GET';
      const { status } = await fetch(url + where, { method, headers });
      expect([where, status]).toEqual([where, where.includes('%') ? 400 : 404]);
    }
    expect(await (await fetch(`${url}/routes/health`, { headers })).json()).toMatchObject({
      path: '/health',
    });
    const record = { method: 'PUT', headers, body: '{"requests":"many","sample":1}' };
    expect((await fetch(`${url}/recording`, record)).status).toBe(400);
    expect(await (await put('{"by":"x"}')).json()).toMatchObject({ error: { code: 'reason-missing' } });
    expect((await put(JSON.stringify({ pad: 'x'.repeat(300_000) }))).status).toBe(400);
  });
});
