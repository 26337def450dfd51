/// The frame around pages: bar, navigation, title, columns.
enum StylesheetLayout {
  static let text = #"""
    @layer layout {
      .app { display: grid; min-height: 100vh; grid: "bar bar" auto "nav main" 1fr / 12.5rem minmax(0, 1fr); }
      .bar { grid-area: bar; display: flex; align-items: center; gap: 1rem; padding: 0 1.25rem; min-height: 3.25rem; background: var(--surface); border-bottom: 1px solid var(--line); }
      .brand { display: flex; align-items: center; gap: 0.5rem; font-weight: 700; font-size: 1.0625rem; letter-spacing: -0.01em; color: var(--ink); }
      .brand:hover { text-decoration: none; }
      .mark { width: 1.625rem; height: 1.625rem; padding: 0.25rem; border-radius: 6px; background: light-dark(#0f6b8f, #2b7fa3); color: #fff; stroke-width: 1.2; }
      .bar-end { margin-inline-start: auto; display: flex; align-items: center; gap: 1rem; }
      .language { display: flex; gap: 0.625rem; }
      .language a { display: flex; align-items: center; color: var(--soft); }
      .language a[aria-current] { color: var(--ink); font-weight: 600; }
      .switch { position: relative; min-width: 0; padding-inline-start: 1rem; border-inline-start: 1px solid var(--line); }
      .switch summary { display: flex; align-items: center; gap: 0.5rem; min-height: 2.25rem; list-style: none; font-weight: 550; }
      .switch summary::-webkit-details-marker { display: none; }
      .switch summary bdi { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
      .switch summary::after, .confirm summary::after { content: ""; flex: none; width: 0.4em; height: 0.4em; margin-inline-start: 0.375rem; border: solid currentColor; border-width: 0 1.5px 1.5px 0; transform: translateY(-0.12em) rotate(45deg); opacity: 0.6; }
      .switch ul, .popover { position: absolute; z-index: 5; top: calc(100% + 0.375rem); inset-inline-start: 0.5rem; min-width: 15rem; padding: 0.375rem; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); box-shadow: 0 8px 24px rgb(0 0 0 / 0.14); }
      .switch li a { display: block; padding: 0.4375rem 0.625rem; border-radius: 5px; color: var(--ink); }
      .switch li a:hover { background: var(--sunken); text-decoration: none; }
      .switch li a[aria-current] { background: var(--accent-wash); }
      .switch li:last-child { margin-top: 0.375rem; padding-top: 0.375rem; border-top: 1px solid var(--line); }
      .sections { grid-area: nav; padding: 1rem 0.75rem; }
      .sections ul { position: sticky; top: 1rem; display: grid; gap: 2px; }
      .sections a { display: flex; align-items: center; gap: 0.625rem; min-height: 2.125rem; padding: 0 0.625rem; border-radius: 6px; color: var(--soft); font-weight: 500; white-space: nowrap; }
      .sections a:hover { background: var(--sunken); color: var(--ink); text-decoration: none; }
      .sections a[aria-current] { background: var(--accent-wash); color: light-dark(oklch(0.36 0.09 235), var(--accent)); font-weight: 600; }
      .badge { margin-inline-start: auto; padding: 0 0.4375rem; border-radius: 99px; background: var(--wait-wash); color: var(--wait); font-size: 0.75rem; font-weight: 650; }
      main { grid-area: main; min-width: 0; max-width: 82rem; padding: 1.25rem 1.75rem 4rem 1rem; container: main / inline-size; }
      main > * + *, .columns > div > * + * { margin-top: 1rem; }
      .columns > div > [data-live]:first-child + * { margin-top: 1rem; }
      [data-live] > * + * { margin-top: 1rem; }
      .head { margin-bottom: 1.25rem; }
      .head-row { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1rem; min-height: 2.25rem; }
      .head-row > h1 { min-width: 0; }
      .actions { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; margin-inline-start: auto; }
      .crumbs ol { display: flex; gap: 0.375rem; }
      .crumbs li::before { content: "‹" / ""; margin-inline-end: 0.375rem; color: var(--soft); }
      .columns { display: grid; gap: 1rem; align-items: start; }
      .columns > div { min-width: 0; }
      @container main (width < 34rem) { .actions { margin-inline-start: 0; } .head-row { position: relative; } .confirm { position: static; } }
      @container main (width >= 54rem) {
        .columns { grid-template-columns: minmax(0, 1fr) 21rem; }
        .columns.even { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
      }
      .door { display: grid; place-content: center; grid-template-columns: minmax(0, 26rem); min-height: 100vh; padding: 1rem; }
      .door main { grid-area: auto; padding: 0; max-width: none; width: 100%; }
      .door h1 { text-align: start; }
      .door .card { padding: 1.5rem; }
      .door form { display: grid; gap: 0.5rem; margin-top: 1rem; }
      .door .mark { width: 2.5rem; height: 2.5rem; padding: 0.4375rem; margin-bottom: 0.75rem; border-radius: 9px; }
      .door label { font-weight: 600; }
      .door button { justify-content: center; }
      .languages { margin-top: 1rem; }
      @media (width < 52rem) {
        .app { grid: "bar" auto "nav" auto "main" 1fr / minmax(0, 1fr); }
        .bar { padding: 0 1rem; gap: 0.75rem; }
        .brand { font-size: 0; gap: 0; }
        .bar-end { gap: 0.75rem; }
        .app .language a[aria-current] { display: none; }
        .sections { padding: 0.375rem 0.5rem; overflow-x: auto; scrollbar-width: none; background: var(--surface); border-bottom: 1px solid var(--line); }
        .sections ul { position: static; display: flex; width: max-content; }
        .sections a { padding: 0 0.625rem; }
        .sections .icon { display: none; }
        .badge { margin-inline-start: 0; }
        main { padding: 1rem 1rem 3rem; }
      }
    }

    """#
}
