/** The benchmarks that there are, each in `bench/<name>/bench.ts`, and what they measure. */
export const benchmarks: Readonly<Record<string, string>> = {
  'event-store': 'appends per second of one event, and commands per second on streams of ten events',
  commands: 'commands per second to one hot aggregate, and to many with short and with long histories',
  'change-feed': 'rows per second of reading a backlog out of the write-ahead log',
  'long-log': 'whether a log of many million events costs more than a short one; --rows 10000000',
  'proxy-memory':
    'whether the memory of the strangler proxy grows under load with slow clients; --seconds 600',
  split:
    'copying tables to another database, verifying them, and how long nobody can write while the owner changes',
  survey: 'seconds and memory of a survey, again with its cache, and what watching does to a load',
  proxy: 'requests per second through the strangler proxy, other proxies of Node and nginx',
};
