import { z } from 'zod';
import { aggregate } from '../aggregate/aggregate.ts';
import { contract } from './contract.ts';
import { versioned } from './versioned.ts';

const opened = z.object({ owner: z.string(), currency: z.string() });

export const whole = versioned(opened, {
  version: 3,
  upcast: {
    1: (data: { name: string }) => ({ owner: data.name }),
    2: (data: { owner: string }) => ({ ...data, currency: 'EUR' }),
  },
});

export const first = versioned(opened, { version: 1, upcast: {} });

versioned(opened, {
  version: 3,
  // @ts-expect-error the step from version 1 is missing
  upcast: { 2: (data: { owner: string }) => ({ ...data, currency: 'EUR' }) },
});

versioned(opened, {
  version: 3,
  // @ts-expect-error the step to the newest version is missing
  upcast: { 1: (data: { name: string }) => ({ owner: data.name }) },
});

versioned(opened, {
  version: 2,
  // @ts-expect-error the last step does not give what the schema describes
  upcast: { 1: (data: { name: string }) => ({ owner: data.name }) },
});

versioned(opened, {
  version: 3,
  upcast: {
    // @ts-expect-error a step gives something else than the next one takes
    1: (data: { name: string }) => ({ holder: data.name }),
    2: (data: { owner: string }) => ({ ...data, currency: 'EUR' }),
  },
});

versioned(opened, {
  version: 2,
  upcast: {
    1: (data: { owner: string }) => ({ ...data, currency: 'EUR' }),
    // @ts-expect-error a step beyond the newest version
    2: (data: { owner: string }) => ({ ...data, currency: 'EUR' }),
  },
});

// @ts-expect-error a version that nothing can be
versioned(opened, { version: 1.5, upcast: {} });

/** A versioned event's data is what its schema says, in decisions and in evolve. */
export const account = aggregate({
  name: 'account',
  contract: contract({ commands: { Open: z.object({ owner: z.string() }) }, events: { Opened: whole } }),
  initial: {} as { readonly currency?: string },
  decide: { Open: (_state, { owner }) => ({ type: 'Opened', data: { owner, currency: 'EUR' } }) },
  evolve: { Opened: (_state, { currency }) => ({ currency }) },
});

aggregate({
  name: 'account',
  contract: contract({ commands: { Open: z.object({ owner: z.string() }) }, events: { Opened: whole } }),
  initial: {} as { readonly currency?: string },
  // @ts-expect-error data of an older version is not written any more
  decide: { Open: (_state, { owner }) => ({ type: 'Opened', data: { name: owner } }) },
  evolve: { Opened: (_state, { currency }) => ({ currency }) },
});
