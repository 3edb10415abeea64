import { fileURLToPath } from 'node:url';
import express from 'express';
import { notFound } from './refusal.js';
import { answerError } from './routes/answer-error.js';
import { catalogueApi } from './routes/catalogue-api.js';
import { editorApi } from './routes/editor-api.js';
import { shopApi } from './routes/shop-api.js';
import { shopPages } from './routes/shop-pages.js';

const STYLE = fileURLToPath(new URL('./style.css', import.meta.url));

/** MusicCorp, all of it. */
export function musicCorp(pool) {
  const app = express();
  app.disable('x-powered-by');
  app.get('/health', health(pool));
  app.get('/style.css', (_req, res) => res.sendFile(STYLE));
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
