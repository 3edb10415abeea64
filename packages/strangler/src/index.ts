export { type Analysis, analyse, beginAnew, beginStep, newAnalysis } from './analysis/analysis.ts';
export {
  type AnalysisRules,
  type AnalysisSettings,
  analysisRules,
  defaultAnalysisRules,
} from './analysis/analysis-rules.ts';
export type { AnalysedEvidence } from './analysis/route-analysis.ts';
export {
  describeFinding,
  type Finding,
  type Metric,
  type Verdict,
  verdict,
} from './analysis/verdict.ts';
export { type Coexisting, type CoexistOptions, coexist } from './coexist/coexist.ts';
export type { JsonComparison } from './compare/compare-json.ts';
export { compareJson } from './compare/compare-json.ts';
export { type Comparison, compareReplies } from './compare/compare-replies.ts';
export { fieldOf } from './compare/json-path.ts';
export { NoiseLearner } from './compare/noise.ts';
export type { Difference, Reply, ReplyHeaders } from './compare/reply.ts';
export type {
  EventRule,
  ObservedEvent,
  ObservedEventSink,
  ObservedExchange,
  SpooledEvent,
} from './events/event-rule.ts';
export { EventSpool, type SpoolOptions } from './events/event-spool.ts';
export type {
  DifferenceSample,
  Evidence,
  EvidenceSink,
  FieldDifferences,
  ShadowStats,
  SideStats,
} from './evidence/evidence.ts';
export { exportEnvoy } from './export/export-envoy.ts';
export { type ExportedRoutes, exportNginx } from './export/export-nginx.ts';
export { AccessLog } from './operations/access-log.ts';
export type { FinishedRequest } from './operations/finished-request.ts';
export { metricsText } from './operations/metrics.ts';
export type { ProxyState, UpstreamState } from './operations/proxy-state.ts';
export { serveOperations } from './operations/serve-operations.ts';
export { createProxy, type ProxyOptions, type StranglerProxy } from './proxy.ts';
export { defaultProxyLimits, type ProxyLimits } from './proxy-limits.ts';
export type { ProxyLog, ProxyLogLine } from './proxy-log.ts';
export type { ProxyTotals, UpstreamTotals } from './proxy-totals.ts';
export type {
  RecordedRequest,
  Recording,
  RecordingOptions,
  RecordingProgress,
} from './record/recorder.ts';
export type { RouteHooks } from './route-hooks.ts';
export { type Decision, type Draws, decide } from './routes/decide.ts';
export { matchRoute } from './routes/match-route.ts';
export type { ReadPredicate } from './routes/read-predicate.ts';
export type {
  CompareRules,
  Route,
  RouteHold,
  RouteMatch,
  RouteMode,
  RouteTable,
  Stickiness,
  Upstream,
} from './routes/route.ts';
export { stickyPlace } from './routes/sticky.ts';
export { validateRouteTable } from './routes/validate-route-table.ts';
export { type OpenTelemetryApi, openTelemetryTracing } from './tracing/open-telemetry.ts';
export type { RequestSpan, TracedRequest, Tracing } from './tracing/tracing.ts';
export type { TranslatedReply, TranslatedRequest, Translator } from './translate/translator.ts';
export { type RunningWorker, runWorkers, WorkerFailed, type WorkersOptions } from './workers/run-workers.ts';
export { Alone, type Answers, type Siblings } from './workers/siblings.ts';
