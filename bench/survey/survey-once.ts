// Surveys a folder in a process of its own, so that its time and memory can be told: FOLDER CACHE, or FOLDER - for none.
import { survey } from '@banyan/survey';

const [repo, cache] = process.argv.slice(2);
const began = performance.now();
const { files, graph, proposal } = await survey({ repo: repo!, ...(cache === '-' ? {} : { cache: cache! }) });
const seconds = (performance.now() - began) / 1_000;
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
process.stdout.write(
  JSON.stringify({
    files,
    tables: graph.tables.length,
    contexts: proposal.contexts.length,
    seconds,
    processorSeconds: (userCPUTime + systemCPUTime) / 1e6,
    megabytes: maxRSS / 1_024,
  }),
);
