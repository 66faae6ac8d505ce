/** The page's own style: light, dark by the reader's preference, and light on paper. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #fff; --ink: #1c2733; --quiet: #5c6b7a; --line: #d8dee5; --panel: #f6f8fa;
  --good: #1a7f4b; --bad: #d1242f; --doubt: #9a6700;
  --held: #0969da; --master: #2da44e; --backup: #b6c2cf; --fault: #e5534b; --down: #3d4752; --unseen: #efe3c8;
}
@media (prefers-color-scheme: dark) { :root {
  --page: #0f151c; --ink: #dfe7ef; --quiet: #93a1b0; --line: #2c3743; --panel: #171f28;
  --good: #4cc38a; --bad: #ff6b6b; --doubt: #e3b341;
  --held: #58a6ff; --master: #3fb950; --backup: #4a5866; --fault: #f0655d; --down: #aab6c2; --unseen: #5c4f2c;
} }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1000px; padding: 2rem 1.25rem 4rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; }
p, .quiet { color: var(--quiet); margin: .25rem 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-size: .9rem; }
th, td { text-align: left; padding: .4rem .7rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--quiet); font-weight: 600; } td.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.badge { border-radius: 1em; padding: .1em .7em; font-size: .85em; font-weight: 600; color: var(--page); white-space: nowrap; }
.valid { background: var(--good); } .invalid { background: var(--bad); }
.unknown { background: var(--doubt); } .skipped { background: var(--quiet); }
figure { margin: .75rem 0; padding: .75rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
figure svg { display: block; max-width: 100%; height: auto; color: var(--ink); background: none; }
figcaption { font-size: .85rem; color: var(--quiet); display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; padding-top: .5rem; }
.key::before { content: ""; display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin-right: .4em; background: var(--key); }
ul.checks { list-style: none; padding: 0; margin: .5rem 0; font-size: .9rem; }
ul.checks li { display: flex; gap: .6rem; padding: .15rem 0; align-items: baseline; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; font-size: .9rem; }
dt { color: var(--quiet); } dd { margin: 0; }
@media print {
  :root { color-scheme: light; --page: #fff; --ink: #000; --quiet: #444; --line: #bbb; --panel: #fff;
    --good: #1a7f4b; --bad: #d1242f; --doubt: #9a6700;
    --held: #0969da; --master: #2da44e; --backup: #b6c2cf; --fault: #e5534b; --down: #3d4752; --unseen: #efe3c8; }
  body { max-width: none; padding: 0; } section { break-inside: avoid; } h2 { break-after: avoid; }
  * { print-color-adjust: exact; }
}
`;
