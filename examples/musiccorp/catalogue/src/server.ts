import { toPostgresError } from '@banyan/postgres';
import { startService } from './service.ts';
import { settingsFrom } from './settings.ts';

try {
  const service = await startService(settingsFrom(process.env));
  console.log(`catalogue listening on ${service.url}`);
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (!stopping) void service.stop();
      stopping = true;
    });
  }
} catch (error) {
  console.error(`catalogue: ${toPostgresError(error).message}`);
  process.exitCode = 1;
}
