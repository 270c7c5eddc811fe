/**
 * The one style of all pages. Nothing moves. Every pair of text and background
 * has a contrast of 4.5 at least, and every border of a control one of 3
 * (WCAG 2.2, 1.4.3 and 1.4.11).
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --back: #f5f6f8; --card: #fff; --text: #16191f; --note: #525a65;
  --line: #d5dae1; --edge: #6b7480; --link: #0b57b0; --on-link: #fff;
  --bad: #8f1d14; --bad-back: #fdf0ee;
  font: 1rem/1.5 system-ui, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #12161c; --card: #1b2129; --text: #e8ebef; --note: #aab4c0;
    --line: #343d49; --edge: #8592a3; --link: #8ab8ff; --on-link: #0b1420;
    --bad: #ffb4aa; --bad-back: #3a1c1a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); overflow-wrap: anywhere; }
header { padding: .75rem 1.25rem; background: var(--card); border-bottom: 1px solid var(--line); }
header p { margin: 0 auto; max-width: 76rem; }
header strong { margin-right: .5rem; }
main { max-width: 38rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
main.wide { max-width: 78.5rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0 1rem; }
h2 { font-size: 1.1rem; line-height: 1.35; margin: 0; }
p { margin: 0 0 1rem; }
a { color: var(--link); text-underline-offset: .15em; }
bdi { white-space: break-spaces; }
.note { color: var(--note); font-size: .9rem; font-weight: 400; }
.unseen {
  font: .8em ui-monospace, monospace; color: var(--note); unicode-bidi: isolate;
  border: 1px solid var(--edge); border-radius: .2rem; padding: 0 .2em; margin: 0 .1em;
}
.hidden {
  position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap;
}
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: 1.25rem; margin: 0 0 1rem;
}
.problem {
  color: var(--bad); background: var(--bad-back); border-left: .3rem solid var(--bad);
  padding: .6rem .9rem;
}
dl { margin: 0 0 1.25rem; }
dt { color: var(--note); font-size: .9rem; }
dd { margin: 0 0 .75rem; }
dl.card > dd:last-child { margin-bottom: 0; }
code { font: 1em/1.5 ui-monospace, monospace; }
code.code { font-size: 1.6rem; letter-spacing: .12em; }
fieldset { border: 0; padding: 0; margin: 0 0 1.25rem; min-width: 0; }
legend { padding: 0; margin: 0 0 .35rem; font-weight: 600; }
.choices { max-height: 22rem; overflow-y: auto; padding: .25rem; margin: -.25rem; }
.choice { display: flex; gap: .75rem; align-items: start; padding: .55rem .25rem; }
.choice input { flex: none; width: 1.2rem; height: 1.2rem; margin: .15rem 0 0; accent-color: var(--link); }
label.above { display: block; font-weight: 600; margin: 0 0 .35rem; }
input[type=text], input[type=search] {
  font: inherit; color: inherit; background: var(--back); width: 100%; min-width: 0;
  min-height: 2.75rem; padding: .4rem .7rem; border: 1px solid var(--edge); border-radius: .4rem;
}
input.code { font-family: ui-monospace, monospace; letter-spacing: .12em; text-transform: uppercase; }
.row { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0; }
.row input[type=search] { flex: 1 1 12rem; width: auto; }
button {
  font: inherit; font-weight: 600; min-height: 2.75rem; padding: .4rem 1.5rem; cursor: pointer;
  color: var(--link); background: var(--card); border: 1px solid var(--link); border-radius: .4rem;
}
button.first { color: var(--on-link); background: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: .2rem; }
ul.tiles, ul.roles { list-style: none; margin: 0; padding: 0; }
ul.tiles {
  display: grid; gap: 1rem; margin: 1rem 0; align-items: start;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr));
}
ul.tiles > li { margin: 0; }
ul.tiles p { margin: 0 0 .5rem; }
summary { cursor: pointer; color: var(--link); padding: .2rem 0; }
ul.roles { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; }
ul.roles a { display: inline-block; padding: .2rem 0; }
nav.pages { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: baseline; }
nav.pages a { display: inline-block; padding: .4rem 0; }
`;
