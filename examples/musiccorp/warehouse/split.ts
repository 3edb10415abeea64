import type { SplitConfig } from 'banyan';

/** How the stock leaves the table that it shares with the catalogue. */
export const warehouseSplit: SplitConfig = {
  service: 'warehouse',
  tables: ['public.stock_levels'],
  part: {
    from: 'public.items',
    into: 'public.stock_levels',
    key: { id: 'item_id' },
    columns: {
      on_hand: { from: 'stock', added: true },
      opening: { from: 'opening_stock', added: true },
      reorder_level: 'reorder_level',
      shelf: 'shelf',
    },
  },
  routes: [{ name: 'stock', match: { methods: ['GET', 'POST'], path: '/api/stock/*' } }],
};
