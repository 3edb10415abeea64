import { expect, test } from 'vitest';
import { survey } from '../survey.ts';
import { inOrder, said, tied } from '../testing/graph-of.ts';
import { folderOf } from '../testing/hotel.ts';

async function surveyed(files: Readonly<Record<string, string>>) {
  await using folder = await folderOf(files);
  return (await survey({ repo: folder.root })).graph;
}

test('imports, controllers, providers and tables are found across the parts of a monorepo', async () => {
  const graph = await surveyed({
    'tsconfig.base.json': '{ "compilerOptions": { "paths": { "@inn/rooms/*": ["./libs/rooms/src/*"] } } }',
    'libs/mail/package.json': '{ "name": "@inn/mail", "main": "dist/index.js" }',
    'libs/mail/src/index.ts': "export * from './mailer.service';",
    'libs/mail/src/mailer.service.ts': '@Injectable() export class MailerService { send() {} }',
    'libs/rooms/src/room.entity.ts': "@Entity('rooms') export class Room { id: number; }",
    'libs/rooms/src/bed.entity.ts': "@Entity({ name: 'beds' }) export class Bed { id: number; }",
    'libs/rooms/src/rooms.service.ts': `import { Room } from './room.entity'; import { Bed } from './bed.entity'; import { MailerService } from '@inn/mail';
      @Injectable() export class RoomsService {
        constructor(@InjectRepository(Room) private readonly rooms: Repository<Room>, private beds: Repository<Bed>, private mailer: MailerService) {}
        free() { return this.rooms.createQueryBuilder('r').leftJoinAndSelect('r.beds', 'b').getMany(); }
        close() { this.beds.softDelete(1); this.mailer.send(); } }`,
    'apps/desk/src/rooms.controller.ts': `import { RoomsService } from '@inn/rooms/rooms.service';
      @Controller({ path: 'rooms', version: '1' }) export class RoomsController {
        constructor(private readonly service: RoomsService) {}
        @Get(['free', 'open']) free() { return this.service.free(); } @Delete(':id') close() { this.service.close(); } }`,
    'apps/desk/src/main.ts': "import './polyfill'; import './metrics'; bootstrap();",
    'apps/desk/src/polyfill.ts': 'globalThis.x = 1;',
    'apps/desk/src/metrics.ts': 'start();',
    'apps/desk/src/endpoints/public/public.module.ts': 'export class PublicModule {}',
    'apps/desk/src/lazy.ts':
      "export const routes = [{ load: () => import('./pages').then((m) => m.routes) }];",
    'apps/desk/src/pages.ts': 'export const routes = [];',
    'apps/desk/jest.config.ts': 'run();',
    'apps/work/src/mail.processor.ts': `@Processor('mail') export class MailProcessor extends WorkerHost { async process() {} }`,
    'apps/work/src/on-closed.handler.ts':
      '@EventsHandler(RoomClosed) export class OnClosed { handle(event: RoomClosed) {} }',
  });
  expect(said(graph)).toEqual(
    inOrder([
      'http DELETE /rooms/:id by apps/desk/src/rooms.controller.ts close',
      'http GET /rooms/free by apps/desk/src/rooms.controller.ts free',
      'http GET /rooms/open by apps/desk/src/rooms.controller.ts free',
      'job apps/desk/src/main.ts by apps/desk/src/main.ts <top>',
      'job mail.processor.process by apps/work/src/mail.processor.ts process',
      'listener on-closed.handler.handle by apps/work/src/on-closed.handler.ts handle',
      'libs/rooms/src/bed.entity.ts is beds',
      'libs/rooms/src/room.entity.ts is rooms',
      'libs/rooms/src/rooms.service.ts reads rooms',
      'libs/rooms/src/rooms.service.ts writes beds',
    ]),
  );
  expect(tied(graph)).toEqual([
    'apps/desk/src/lazy.ts -> apps/desk/src/pages.ts',
    'apps/desk/src/main.ts -> apps/desk/src/metrics.ts',
    'apps/desk/src/main.ts -> apps/desk/src/polyfill.ts',
    'apps/desk/src/rooms.controller.ts -> libs/rooms/src/rooms.service.ts',
    'libs/rooms/src/rooms.service.ts -> libs/mail/src/mailer.service.ts',
    'libs/rooms/src/rooms.service.ts -> libs/rooms/src/bed.entity.ts',
    'libs/rooms/src/rooms.service.ts -> libs/rooms/src/room.entity.ts',
  ]);
  expect(graph.modules.map(({ id }) => id)).toContain('apps/desk/src/endpoints/public/public.module.ts');
});
