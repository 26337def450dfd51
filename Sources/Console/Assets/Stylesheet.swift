/// The console's stylesheet, by layers: later ones win whatever their selectors.
enum Stylesheet {
  static let text =
    "@layer tokens, base, layout, parts, lists;\n" + tokens + base + StylesheetLayout.text + StylesheetParts.text
    + StylesheetLists.text

  private static let tokens = #"""
    @layer tokens {
      :root {
        color-scheme: light dark;
        --paper: light-dark(oklch(0.977 0.004 235), oklch(0.185 0.013 245));
        --surface: light-dark(#fff, oklch(0.222 0.015 245));
        --sunken: light-dark(oklch(0.962 0.006 235), oklch(0.165 0.012 245));
        --ink: light-dark(oklch(0.25 0.022 245), oklch(0.93 0.008 235));
        --soft: light-dark(oklch(0.48 0.022 245), oklch(0.72 0.018 240));
        --line: light-dark(oklch(0.905 0.008 235), oklch(0.315 0.018 245));
        --edge: light-dark(oklch(0.62 0.018 240), oklch(0.56 0.02 240));
        --accent: light-dark(oklch(0.46 0.105 232), oklch(0.79 0.095 222));
        --accent-ink: light-dark(#fff, oklch(0.2 0.04 235));
        --accent-wash: light-dark(oklch(0.945 0.022 228), oklch(0.29 0.042 235));
        --quiet-wash: light-dark(oklch(0.948 0.008 235), oklch(0.295 0.018 245));
        --good: light-dark(oklch(0.42 0.1 155), oklch(0.83 0.12 155));
        --good-wash: light-dark(oklch(0.95 0.035 155), oklch(0.28 0.045 155));
        --wait: light-dark(oklch(0.45 0.095 75), oklch(0.86 0.1 85));
        --wait-wash: light-dark(oklch(0.955 0.045 88), oklch(0.3 0.045 80));
        --bad: light-dark(oklch(0.48 0.17 27), oklch(0.8 0.11 25));
        --bad-wash: light-dark(oklch(0.955 0.022 25), oklch(0.29 0.06 25));
        --mono: ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
        --radius: 8px;
      }
    }

    """#

  private static let base = #"""
    @layer base {
      *, ::before, ::after { box-sizing: border-box; }
      html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
      body {
        margin: 0; background: var(--paper); color: var(--ink);
        font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif;
        font-variant-numeric: tabular-nums; overflow-wrap: break-word;
      }
      h1, h2, h3, p, ul, ol, dl, dd, pre { margin: 0; padding: 0; }
      ul, ol { list-style: none; }
      h1 { font-size: 1.5rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.012em; text-wrap: balance; }
      h2 { font-size: 0.9375rem; font-weight: 650; }
      h3 { font-size: 0.875rem; font-weight: 600; }
      a { color: var(--accent); text-decoration: none; }
      a:hover { text-decoration: underline; text-underline-offset: 0.18em; }
      small { display: block; color: var(--soft); font-size: 0.8125rem; }
      code, pre, textarea { font-family: var(--mono); font-size: 0.8125rem; }
      bdi { overflow-wrap: anywhere; }
      td bdi, dt bdi { overflow-wrap: break-word; }
      :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
      main:focus-visible { outline: none; }
      button, .button, input, select { font: inherit; }
      button, .button, input, select, textarea { color: inherit; }
      button, .button, select, input:not([type=hidden]) {
        min-height: 2.25rem; padding: 0.375rem 0.75rem; border: 1px solid var(--edge); border-radius: 6px;
        background: var(--surface);
      }
      button, .button { display: inline-flex; align-items: center; font-weight: 550; cursor: pointer; white-space: nowrap; color: var(--ink); border-color: var(--line); }
      button:hover, .button:hover { background: var(--sunken); text-decoration: none; }
      button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
      button.primary:hover { background: color-mix(in oklab, var(--accent), var(--ink) 18%); }
      button.danger { background: var(--bad-wash); border-color: var(--bad); color: var(--bad); }
      button.plain { border: 0; background: none; color: var(--soft); font-weight: inherit; padding-inline: 0.25rem; }
      button.plain:hover { color: var(--ink); }
      button.small { min-height: 1.75rem; padding: 0.125rem 0.5rem; font-size: 0.8125rem; }
      ::placeholder { color: var(--soft); opacity: 1; }
      textarea { width: 100%; padding: 0.75rem; line-height: 1.5; border: 1px solid var(--edge); border-radius: 6px; background: var(--surface); resize: vertical; tab-size: 2; }
      summary { cursor: pointer; }
      .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
      .skip { position: absolute; left: 0.5rem; top: -4rem; z-index: 9; padding: 0.5rem 0.75rem; background: var(--surface); border-radius: 6px; }
      .skip:focus { top: 0.5rem; }
      .icon, .mark { width: 1rem; height: 1rem; flex: none; fill: none; stroke: currentColor; stroke-width: 1.3; stroke-linecap: round; stroke-linejoin: round; }
      @media (prefers-reduced-motion: no-preference) { a, button, .button, summary { transition: background-color 0.12s, color 0.12s; } }
      @media (pointer: coarse) { button.small, .language a, .sections a, .tags a { min-height: 2.25rem; } }
    }

    """#
}
