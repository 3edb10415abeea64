import { burnTransactions, copyRows, transactionId } from '../faults/move-to-new-server.ts';
import { recordEffect } from '../run/effect.ts';
import { prepare } from '../run/lab.ts';
import type { TortureCase } from '../run/torture-case.ts';
import { must } from '../run/until.ts';
import { judgeToTheEnd } from '../run/watch.ts';

const olderTransactions = 20_000;

/** A new server counts its transactions from the beginning, and positions that hold transaction ids mean nothing there. */
export const restoredElsewhere: TortureCase = {
  name: 'restored-elsewhere',
  about:
    'the rows move to a new server, whose transaction ids begin anew, while a subscriber has ten events to go',
  async run(candidate, lab) {
    await burnTransactions(lab.url, olderTransactions);
    {
      await using store = await candidate.open(lab.url);
      {
        await using _reader = store.follow('reader', recordEffect('reader'));
        for (let index = 1; index <= 10; index += 1) await store.append('read', [`read-${index}`], 'any');
        await must('The first reading', async () => (await lab.effects()).length === 10);
      }
      for (let index = 1; index <= 10; index += 1) await store.append('unread', [`unread-${index}`], 'any');
    }
    const before = await transactionId(lab.url);
    const server = await lab.newServer();
    await prepare(candidate, server.url());
    await copyRows(candidate, lab.url, server.url());
    const now = await transactionId(server.url());

    const store = lab.keep(await candidate.open(server.url()));
    lab.keep(store.follow('reader', recordEffect('reader')));
    for (let index = 1; index <= 5; index += 1) await store.append('new', [`new-${index}`], 'any');
    const { verdict, finding } = await judgeToTheEnd(lab, store, { url: server.url() });
    return { verdict, finding: `${finding}, ids from ${before} back to ${now}` };
  },
};
