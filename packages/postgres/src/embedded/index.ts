export { choosePort } from './choose-port.ts';
export { processIdentity } from './process-identity.ts';
export {
  type EmbeddedServer,
  type EmbeddedServerOptions,
  startEmbeddedServer,
} from './start-embedded-server.ts';
