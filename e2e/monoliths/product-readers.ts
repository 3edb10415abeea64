const queries = [
  (id: number) => ({
    query: `{product(id:"${id}"){id name description slug variants{id sku priceWithTax currencyCode}}}`,
  }),
  (id: number) => ({
    query:
      'query List($take:Int!){products(options:{take:$take,sort:{id:ASC}}){totalItems items{id name slug}}}',
    variables: { take: 5 + (id % 5) },
    operationName: 'List',
  }),
  () => ({
    query: '{search(input:{term:"thing",groupByProduct:true,take:10}){totalItems items{productName sku}}}',
  }),
] as const;

/** What readers met. */
export interface Readers {
  readonly asked: number;
  readonly wrong: readonly string[];
}

/** Clients that read products over GraphQL until the signal aborts, each known by a cookie, and some write besides. */
export async function readProducts(url: string, perSecond: number, signal: AbortSignal): Promise<Readers> {
  const readers = { asked: 0, wrong: [] as string[] };
  const workers = Array.from({ length: 8 }, async (_, worker) => {
    for (let turn = 0; !signal.aborted; turn++) {
      const began = performance.now();
      const body = queries[turn % queries.length]!(1 + ((turn * 7 + worker) % 20));
      const user = `u${(turn * 13 + worker * 31) % 500}`;
      const headers = { 'content-type': 'application/json', cookie: `banyan_sticky=${user}` };
      const reply = await fetch(`${url}/shop-api`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      }).catch((error: Error) => error);
      readers.asked++;
      const text = reply instanceof Error ? reply.message : await reply.text();
      const right = !(reply instanceof Error) && reply.status === 200 && text.startsWith('{"data"');
      if (!right && readers.wrong.length < 10) readers.wrong.push(text.slice(0, 300));
      const rest = 8_000 / perSecond - (performance.now() - began);
      if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
    }
  });
  await Promise.all(workers);
  return readers;
}
