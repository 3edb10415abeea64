import { musicCorp } from './app.js';
import { openDatabase } from './database.js';

const { DATABASE_URL, PORT = '3000', HOST = '127.0.0.1' } = process.env;
if (!DATABASE_URL) fail('set DATABASE_URL to the PostgreSQL database that seed.js has filled');
if (!/^[0-9]{1,5}$/.test(PORT) || Number(PORT) > 65535)
  fail(`PORT must be a number from 0 to 65535, not ${PORT}`);

const pool = openDatabase(DATABASE_URL);
const server = musicCorp(pool).listen(Number(PORT), HOST, (error) => {
  if (error) fail(`cannot listen on ${HOST}:${PORT}: ${error.message}`);
  console.log(`musiccorp listening on http://${HOST}:${server.address().port}`);
});
// longer than a proxy keeps its connections, so that it is never us who closes one it is about to use
server.keepAliveTimeout = 75_000;

let stopping = false;
function stop() {
  if (stopping) return;
  stopping = true;
  server.close(() => pool.end());
  server.closeIdleConnections();
  // a client that never finishes its request must not hold the process
  setTimeout(() => server.closeAllConnections(), 5000).unref();
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

function fail(sentence) {
  console.error(`musiccorp: ${sentence}`);
  process.exit(1);
}
