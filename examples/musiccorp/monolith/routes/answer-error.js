import { errorPage } from '../pages/error-page.js';

// what node and PostgreSQL say when the server is away: class 08, shutting down, starting up, too many connections
const DATABASE_AWAY = /^(08...|57P0[123]|53300|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE)$/;

/** Express's last handler: every error as JSON below /api and as a page elsewhere. */
export function answerError(error, req, res, next) {
  if (res.headersSent) return next(error);
  const { status, sentence } = describe(error);
  if (status >= 500) console.error(`musiccorp: ${req.method} ${req.originalUrl}: ${error.message}`);
  res.status(status);
  if (req.originalUrl.startsWith('/api/')) return res.json({ error: sentence });
  return res.type('html').send(errorPage(status, sentence));
}

function describe(error) {
  if (error.type === 'entity.parse.failed') return { status: 400, sentence: 'the body is not valid JSON' };
  if (error.status >= 400 && error.status < 500) return { status: error.status, sentence: error.message };
  if (DATABASE_AWAY.test(error.code ?? '') || /timeout exceeded|Connection terminated/.test(error.message))
    return { status: 503, sentence: 'the database does not answer' };
  return { status: 500, sentence: 'internal error' };
}
