/** Written into the page, which must not need a second file. */
export const styles = `
:root { --back: #fbfbfa; --card: #fff; --line: #e3e2de; --text: #23221f; --soft: #6b6963; --accent: #4945ff; }
@media (prefers-color-scheme: dark) {
  :root { --back: #17171a; --card: #212126; --line: #34343b; --text: #ececf0; --soft: #a2a1ab; --accent: #8b88ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 48px; }
header { display: grid; grid-template-columns: minmax(160px, 260px) 1fr; gap: 28px; align-items: center; margin-bottom: 32px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 8px; overflow-wrap: anywhere; }
h1 em { font-style: normal; color: var(--accent); }
h2 { font-size: 18px; margin: 40px 0 4px; }
p { margin: 0 0 16px; color: var(--soft); max-width: 70ch; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 16px; }
.channels { grid-template-columns: repeat(3, 1fr); }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
img, .none { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; background: var(--back); }
.none { display: grid; place-items: center; color: var(--soft); }
.channels img { background: #000; }
.bar { height: 4px; background: var(--line); }
.bar i { display: block; height: 100%; background: var(--accent); }
figcaption { display: flex; gap: 8px; padding: 10px 12px; align-items: baseline; }
figcaption b { font-variant-numeric: tabular-nums; }
figcaption span { color: var(--soft); font-size: 13px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
@media (max-width: 560px) { header { grid-template-columns: 1fr; } .channels { gap: 8px; } }
`;
