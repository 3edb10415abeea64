export type {
  DifferenceSample,
  Evidence,
  EvidenceSink,
  ShadowStats,
  SideStats,
} from './evidence/evidence.ts';
export type {
  CompareRules,
  Route,
  RouteMatch,
  RouteMode,
  RouteTable,
  Stickiness,
  Upstream,
} from './routes/route.ts';
