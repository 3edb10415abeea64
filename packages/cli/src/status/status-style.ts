/** The status page's style: one column, light and dark, no outside resource. */
export const statusStyle = `
:root{color-scheme:light dark;--ink:#1c2420;--soft:#5d6a63;--paper:#f7f8f5;--card:#fff;--line:#dfe4de;--leaf:#2c7a4b;--warn:#a15c00;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--ink:#e8ece9;--soft:#9daba3;--paper:#141815;--card:#1c221e;--line:#2e3731;--leaf:#6cc48f;--warn:#e0a04a;--bad:#f2837b}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:1.25rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
header{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 1rem;margin-bottom:1rem}
h1{margin:0;font-size:1.5rem}h2{margin:0 0 .75rem;font-size:1.25rem}h3{margin:1.25rem 0 .5rem;font-size:1rem}
header p,.legend,.empty{margin:.25rem 0;color:var(--soft);font-size:.9rem}
a{color:var(--leaf)}
section{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem;margin-bottom:1rem}
.badge{font-size:.8rem;font-weight:600;padding:.1rem .6rem;border-radius:1rem;border:1px solid currentColor;color:var(--soft);vertical-align:middle}
.badge.finished,.badge.running{color:var(--leaf)}.badge.rolled-back{color:var(--bad)}
.reason{color:var(--bad)}
.share{height:.75rem;border-radius:.5rem;background:var(--line);overflow:hidden}.share i{display:block;height:100%;background:var(--leaf);transition:width .5s}
.steps{list-style:none;margin:1rem 0;padding:0}
.steps li{display:grid;grid-template-columns:1.5rem 9rem 1fr;padding:.3rem 0;border-top:1px solid var(--line)}
.steps li:before{content:'○';color:var(--soft)}.steps .done:before{content:'✓';color:var(--leaf)}
.steps .begun:before{content:'●';color:var(--leaf)}.steps .held:before{content:'!';color:var(--warn);font-weight:700}
.steps span{color:var(--soft)}
.checks li{grid-template-columns:1.5rem 1fr auto;gap:0 .5rem}.checks b{font-weight:400}
.scroll{overflow-x:auto}
.note{margin:.5rem 0;color:var(--warn)}
.tests{list-style:none;margin:1rem 0;padding:0;display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.75rem}
.tests li{font-size:.9rem}.tests span{display:block;color:var(--soft)}
.tests meter{width:100%;height:.6rem}
.mode{white-space:nowrap}.mode i{display:inline-block;vertical-align:middle;width:4rem;height:.5rem;border-radius:.25rem;background:var(--line);overflow:hidden;margin-right:.5rem}
.mode i b{display:block;height:100%;background:var(--leaf)}
td.text,th.text{text-align:left}td small{display:block;color:var(--soft)}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .6rem;text-align:right;border-top:1px solid var(--line)}
thead th{border:0;color:var(--soft);font-weight:500}th:first-child{text-align:left;padding-left:0}
th small{display:block;color:var(--soft);font-weight:400}
.bad{color:var(--bad);font-weight:700}
code{font-size:.85em;overflow-wrap:anywhere}
footer{color:var(--warn);min-height:1.5rem}
@media (max-width:40rem){.steps li{grid-template-columns:1.5rem 1fr}.steps span{grid-column:2}.checks li{grid-template-columns:1.5rem 1fr}table{font-size:.8rem}th,td{padding:.35rem .3rem}
.rows thead{display:none}.rows tr{display:grid;grid-template-columns:1fr 1fr;gap:0 .75rem;padding:.35rem 0;border-top:1px solid var(--line)}
.rows th,.rows td{border:0;padding:.1rem 0}.rows th,.rows .text{grid-column:1/-1}
.rows td{display:flex;justify-content:space-between;gap:.5rem;align-items:baseline}.rows td:before{content:attr(data-title);color:var(--soft);font-weight:400}
.rows .text{justify-content:flex-start}.rows .text:before{flex:0 0 6rem}.rows .mode i{align-self:center;margin:0}}
`;
