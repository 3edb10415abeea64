import { fileURLToPath } from 'node:url';
import express from 'express';
import { notFound } from './refusal.js';
import { answerError } from './routes/answer-error.js';
import { catalogueApi } from './routes/catalogue-api.js';
import { editorApi } from './routes/editor-api.js';
import { shopApi } from './routes/shop-api.js';
import { shopPages } from './routes/shop-pages.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** MusicCorp, all of it. */
export function musicCorp(pool) {
  const app = express();
  app.disable('x-powered-by');
  app.get('/health', health(pool));
  // relative to a root: an absolute path is refused when the checkout lies below a directory whose name begins with a dot
  app.get('/style.css', (_req, res) => res.sendFile('style.css', { root: HERE }));
  app.use('/api', express.json({ limit: '100kb' }));
  app.use('/api', catalogueApi(pool), editorApi(pool), shopApi(pool));
  app.use('/api', () => {
    throw notFound('not found');
  });
  app.use(express.urlencoded({ extended: false, limit: '10kb' }));
  app.use(shopPages(pool));
  app.use(() => {
    throw notFound('There is no such page.');
  });
  app.use(answerError);
  return app;
}

function health(pool) {
  return async (_req, res) => {
    const ok = await pool.query('select 1').then(
      () => true,
      () => false,
    );
    res.status(ok ? 200 : 503).json({ ok });
  };
}
