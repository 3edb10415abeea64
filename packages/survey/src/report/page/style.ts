/** The page's style: light and dark, on paper, from a telephone's width on; no outside resource. */
export const pageStyle = `
:root{color-scheme:light dark;--ink:#1b231f;--soft:#5b6861;--paper:#f6f7f3;--card:#fff;--line:#dde3dc;--leaf:#1f7a46;--warn:#9a5200;--hot:#c8402a;--cool:#dbe4dd;--l:.58;--c:.12;--tint:93%}
@media (prefers-color-scheme:dark){:root{--ink:#e7ece9;--soft:#9dada4;--paper:#121613;--card:#1a201c;--line:#2c3630;--leaf:#6cc690;--warn:#e3a552;--hot:#f0694d;--cool:#2a342e;--l:.72;--c:.11;--tint:86%}}
*{box-sizing:border-box}
html{scroll-padding-top:3.5rem}
body{margin:0 auto;max-width:78rem;padding:1.5rem 1.25rem 4rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
h1{margin:0;font-size:1.75rem;line-height:1.2;letter-spacing:-.01em}h2{margin:0 0 .25rem;font-size:1.3rem;letter-spacing:-.01em}
h4{margin:1.5rem 0 .5rem;font-size:1rem}h5,.knot h3{margin:0;font-size:.95rem;font-weight:600}
p{margin:.4rem 0}a{color:var(--leaf)}code{font:.875em/1.4 ui-monospace,monospace}
.soft,figcaption{color:var(--soft)}figcaption{font-size:.85rem;text-align:left}.warn{color:var(--warn)}.good{color:var(--leaf)}
.facts{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin:.75rem 0 0;padding:0;list-style:none}.facts b{font-size:1.25rem;font-variant-numeric:tabular-nums}
.lead{font-size:1.1rem;max-width:48rem;margin:1rem 0 0}
nav{position:sticky;top:0;z-index:2;display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;padding:.6rem 0;margin:.75rem 0 1rem;background:var(--paper);border-bottom:1px solid var(--line);font-size:.9rem}
nav a{text-decoration:none}nav a:hover{text-decoration:underline}
.panel,.card{background:var(--card);border:1px solid var(--line);border-radius:.9rem}
.panel{padding:1.25rem;margin-bottom:1.25rem;min-width:0}
.pair{display:grid;gap:1.25rem;grid-template-columns:minmax(0,1.25fr) minmax(0,1fr);align-items:start}
figure{margin:.5rem 0 0}svg{display:block;width:100%;height:auto}svg text{font-family:system-ui,sans-serif;fill:var(--ink)}
.narrow{display:none}
.spot{--own:oklch(var(--l) var(--c) var(--hue));text-decoration:none}
.spot circle{fill:var(--own);stroke:var(--card);stroke-width:2;transition:stroke .15s}
.spot:hover circle,.spot:focus-visible circle{stroke:var(--ink);stroke-width:3}
a:focus-visible,summary:focus-visible,button:focus-visible,input:focus-visible,.scroll:focus-visible{outline:2px solid var(--leaf);outline-offset:2px;border-radius:.3rem}
svg a:focus-visible{outline:none}
.spot .rank{fill:#fff;font-size:13px;font-weight:700;text-anchor:middle;dominant-baseline:central}
.map .name,.map .count{paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}.map .name{font-size:15px;font-weight:600}.map .ray{font-size:13px;dominant-baseline:central}.map .count{font-size:12px;fill:var(--soft)}
.bond{fill:none;stroke:oklch(var(--l) var(--c) var(--hue));opacity:.42;stroke-linecap:round;transition:opacity .15s}
.one .bond{opacity:.06}.one .bond.lit{opacity:.85}
.quadrant .field{fill:color-mix(in oklab,var(--line) 40%,transparent)}.quadrant .best{fill:color-mix(in oklab,var(--leaf) 16%,transparent)}
.quadrant .axis{stroke:var(--card);stroke-width:2}.quadrant .corner{font-size:12.5px;fill:var(--soft)}.quadrant .title{font-size:13px;fill:var(--soft)}
.quadrant .name{paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round;font-size:13px;font-weight:600;dominant-baseline:central}
.order{width:100%;border-collapse:collapse;margin-top:.5rem;font-size:.92rem;font-variant-numeric:tabular-nums}
.order{overflow-wrap:normal}.order th,.order td{padding:.15rem .35rem;text-align:right;border-top:1px solid var(--line)}.order th{font-weight:500;color:var(--soft);border:0}
.order td:first-child,.order th:first-child{text-align:left;padding-left:0}.order td:first-child a{font-weight:600;text-decoration:none;color:var(--ink)}
.badge{display:inline-grid;place-items:center;min-width:1.65rem;height:1.65rem;padding:0 .3rem;border-radius:1rem;font-size:.85rem;font-weight:700;color:#fff;background:oklch(var(--l) var(--c) var(--hue));flex:none}
@media (prefers-color-scheme:dark){.badge{color:#0d120f}.spot .rank{fill:#0d120f}}
.treemap .group{fill:color-mix(in oklab,oklch(var(--l) var(--c) var(--hue)) 26%,var(--card));rx:5px}
.treemap .area{text-decoration:none}.treemap .area:focus-visible .group,.treemap .area:hover .group{stroke:var(--ink);stroke-width:2}
.treemap .group-name{font-size:13px;font-weight:650}
.treemap .tile rect{fill:color-mix(in oklab,var(--hot) var(--heat),var(--cool));rx:2px}.treemap .tile:hover rect{stroke:var(--ink);stroke-width:1.5}
.treemap .file{font-size:10.5px}.treemap .file.hot{fill:#fff}
@media (prefers-color-scheme:dark){.treemap .file.hot{fill:#160a07}}
.scale{display:flex;align-items:center;gap:.6rem;font-size:.85rem;color:var(--soft);margin-top:.5rem}.scale i{width:9rem;height:.6rem;border-radius:.3rem;background:linear-gradient(90deg in oklab,var(--cool),var(--hot))}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse}
.matrix{overflow-wrap:normal;font-size:.85rem;font-variant-numeric:tabular-nums;margin:.5rem 0}
.matrix thead th{vertical-align:bottom;padding:.3rem .25rem;font-weight:600;border-bottom:3px solid oklch(var(--l) var(--c) var(--hue))}.matrix thead th:first-child{border-bottom-color:transparent;text-align:left;color:var(--soft);font-weight:500}
.matrix thead a{color:inherit;text-decoration:none}.matrix thead span{display:inline-block;writing-mode:vertical-rl;transform:rotate(180deg);max-height:9rem;overflow:hidden}
.matrix tbody th{position:sticky;left:0;background:var(--card);text-align:left;font-weight:400;padding:.15rem .75rem .15rem 0;min-width:7rem;max-width:16rem;overflow-wrap:anywhere}
.matrix td{min-width:3.6rem;height:1.8rem;text-align:center;white-space:nowrap;border:2px solid var(--card);border-radius:.4rem;background:color-mix(in oklab,var(--line) 35%,var(--card))}
.matrix td.reads{background:color-mix(in oklab,oklch(var(--l) var(--c) var(--hue)) calc(var(--strong)/3),var(--card))}.matrix td.writes{background:color-mix(in oklab,oklch(var(--l) var(--c) var(--hue)) calc(var(--strong)/1.6),var(--card))}
.matrix td.own{box-shadow:inset 0 0 0 2px oklch(var(--l) var(--c) var(--hue))}
.card{margin-bottom:.75rem;border-left:5px solid oklch(var(--l) var(--c) var(--hue))}
summary{cursor:pointer}
.card>summary{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem .8rem;padding:.8rem 1rem;list-style:none;border-radius:.8rem}
.card>summary::-webkit-details-marker{display:none}
.card>summary:after{content:'›';font-size:1.4rem;line-height:1;color:var(--soft);transition:transform .15s}.card[open]>summary:after{transform:rotate(90deg)}
.head{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 .8rem;flex:1 1 12rem}.head strong{font-size:1.1rem}
.meters{display:flex;gap:1rem}.meter{display:grid;gap:.15rem;width:6.5rem;font-size:.8rem;color:var(--soft)}.meter b{color:var(--ink)}
.meter i,.share i{display:block;height:.4rem;border-radius:.2rem;background:linear-gradient(90deg,oklch(var(--l) var(--c) var(--hue)) var(--value),var(--line) var(--value))}
.inside{padding:0 1rem 1.25rem;border-top:1px solid var(--line)}
.words{margin:.8rem 0 0}.words code{padding:.1rem .4rem;border-radius:.3rem;background:var(--paper);line-height:1.9}
.knots{columns:2 24rem;column-gap:.75rem}
.knot{break-inside:avoid;margin-bottom:.75rem;border:1px solid var(--line);border-radius:.6rem;padding:.75rem .9rem;min-width:0}.count{font-weight:400;color:var(--soft)}
.remedy{margin:.1rem 0 .5rem;color:var(--leaf);font-size:.92rem}.remedy:before{content:'→ '}
ul{margin:.25rem 0;padding-left:1.1rem}li{margin:.2rem 0}.knot li{font-size:.92rem}
.place{color:var(--soft);font-size:.8rem}
.fold{margin:.4rem 0}.fold>summary{color:var(--leaf);font-size:.92rem}
.bonds,.plain,.facts,#found{list-style:none;padding:0}
.chip{display:inline-block;padding:0 .5rem;border-radius:1rem;color:var(--ink);text-decoration:none;background:color-mix(in oklab,oklch(var(--l) var(--c) var(--hue)) 26%,var(--card))}
.crossing{font-size:.85rem;padding:0 .45rem;border-radius:.3rem;background:var(--paper);border:1px solid var(--line);white-space:nowrap}
.plain li{padding-left:4.6rem;text-indent:-4.6rem}.plain li>*{text-indent:0}.kind{display:inline-block;min-width:4.2rem;font-size:.8rem;color:var(--soft)}
.lanes{min-width:44rem;max-width:60rem}.lanes .lane{font-size:12px;fill:var(--soft)}
.lanes .box rect{fill:color-mix(in oklab,oklch(var(--l) var(--c) var(--hue)) 18%,var(--card));stroke:color-mix(in oklab,oklch(var(--l) var(--c) var(--hue)) 55%,var(--card))}
.lanes .box.table rect{fill:var(--paper);stroke:var(--soft)}.lanes .box text{font-size:11.5px}
.strand{fill:none;stroke:var(--soft);opacity:.45}.strand.writes{stroke:oklch(var(--l) var(--c) var(--hue));stroke-width:2;opacity:.8}.strand.inner{stroke-dasharray:3 3}
.placements{width:100%;font-size:.88rem}.placements th{text-align:left;font-weight:500;color:var(--soft)}.placements th,.placements td{padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}
.placements .share{white-space:nowrap;min-width:7rem}
.hit{background:color-mix(in oklab,var(--warn) 30%,transparent);outline:2px solid var(--warn)}
#finder{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;margin:.5rem 0 1rem}#finder[hidden]{display:none}
input,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.35rem .7rem}
input{min-width:min(100%,18rem)}button{cursor:pointer}#found button{border:0;padding:.15rem 0;color:var(--leaf);text-align:left;background:none}
#found{width:100%;margin:0;columns:18rem}
@media (max-width:56rem){.pair{grid-template-columns:minmax(0,1fr)}}
@media (max-width:40rem){body{padding:1rem .75rem 3rem}.panel{padding:1rem .8rem}.wide{display:none}.narrow{display:block}.map .name,.map .count{paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}.map .name{font-size:13px}.map .count{font-size:11px}.meters{width:100%}.meter{flex:1}.quadrant .corner,.quadrant .title,.quadrant .name{font-size:16px}.order{font-size:.82rem}.order td:first-child{white-space:nowrap}.order th,.order td{padding:.15rem .2rem}.order .badge{min-width:1.35rem;height:1.35rem;font-size:.75rem}h1{font-size:1.45rem}.map .ray{font-size:11px}.placements thead{display:none}.placements,.placements tbody{display:block}.placements tr{display:grid;grid-template-columns:1fr 6.5rem;gap:0 .75rem;padding:.4rem 0;border-bottom:1px solid var(--line)}.placements td{border:0;padding:0}.placements td:nth-child(3):not(:empty):before{content:'or ';color:var(--soft)}.placements td:nth-child(4){grid-column:1/-1;color:var(--soft);grid-row:2}.placements td:nth-child(3){grid-row:3;grid-column:1/-1}nav{position:static}}
@media print{:root{color-scheme:light;--ink:#111;--soft:#444;--paper:#fff;--card:#fff;--line:#ccc;--leaf:#14592f;--warn:#7a3d00;--hot:#c8402a;--cool:#e3e9e4;--l:.55;--c:.12}
body{max-width:none;padding:0;font-size:11pt}nav,#finder,.tools{display:none}.panel,.card{border-radius:0;break-inside:auto}h2,h4,h5,.card>summary{break-after:avoid}.knot,figure,tr,li{break-inside:avoid}
details:not([data-long])::details-content{content-visibility:visible;display:block}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}.scroll{overflow:visible}.lanes{min-width:0}.matrix{font-size:.6rem}.matrix td{min-width:0;white-space:normal;height:1.2rem}.matrix tbody th{position:static;min-width:5rem}.spot .rank,.badge{color:#fff;fill:#fff}.treemap .file.hot{fill:#fff}}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
`;
