/**
 * Words of how a program is made, beyond those that nearly every module has: they may tie modules together, but a context that is named for
 * one says nothing to those who know the domain.
 */
export const technicalWords: ReadonlySet<string> = new Set(
  `abort access activator adapter advanced ajax annotation arg assembler async autoload aware backend backup bar batch binder binding
  block bootstrap bridge browser buffer bulk bundle button byte cache callback cell change checker cli client clock codec command compat
  component compress connection connector console consumer container converter cookie cor cron css customize customizer daemon decoder
  decorator delegate deploy descriptor deserializer dialog directive dispatcher docker dom driver dummy duplicate duplicated edge editor
  embedded encoder endpoint engine enum eslint executor extended extension external extractor fallback fetcher filler finder fixture flag
  formatter found framework frontend function gateway generator global graph graphql grid guard gulpfile gzip hash heartbeat hint hook
  host html icon inherited initialise initialize initializer injector input inspector instance integration interceptor interval invalid
  invoke invoker javascript job json layout lazy legacy listener loader local lock lookup macro manage many mapping marker match matcher
  memory metadata metric middleware migrate migration migrator mixin mock modal mutation namespace native navigation node null observer
  operation operator overview pager paginator panel parser patch performance persist persistence picker pipeline placeholder plugin pool
  popover populate populator postgre prefix preprocessor printer processor producer profiler program projection provider proxy publisher
  query queue rake raw reader receiver recompute reducer reflection registrar registry remote renderer rendering reorder reordering
  replace reset resolver retry router routing runner runtime sanitizer scanner scheduler schema script scss searcher second secure
  selector sender sequence serialization setting setup shared sheet signal simple single socket sort sorter sorting spec specification
  splitter sql state static stats storage store strategy stream stub style suffix support swagger swr sync system tab tasklet telemetry
  throttle toast token toolbar tooltip transfer transform transformer tree trigger typescript ui unit unknown updater upgrade use uuid
  validation validator variable version viewer visitor vue walker watch watcher webpack websocket widget window wizard worker wrapper
  writer xml yaml`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
