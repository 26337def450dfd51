/// Tables, timelines, steps.
enum StylesheetLists {
  static let text = #"""
    @layer lists {
      .table { overflow-x: auto; container: table / inline-size; margin: -0.375rem -1.125rem -1rem; }
      .card > .table:first-child { margin-top: -1rem; border-radius: var(--radius); }
      .card > .table:not(:last-child) { margin-bottom: 0; border-bottom: 1px solid var(--line); }
      table { width: 100%; border-collapse: collapse; }
      th { padding: 0.5rem 0.75rem; text-align: start; color: var(--soft); font-size: 0.8125rem; font-weight: 500; white-space: nowrap; background: light-dark(oklch(0.987 0.003 235), oklch(0.235 0.015 245)); border-bottom: 1px solid var(--line); }
      td { padding: 0.5rem 0.75rem; vertical-align: top; border-top: 1px solid var(--line); }
      tbody tr:first-child td { border-top: 0; }
      tbody tr:hover { background: color-mix(in oklab, var(--sunken), transparent 35%); }
      th:first-child, td:first-child { padding-inline-start: 1.125rem; }
      th:last-child, td:last-child { padding-inline-end: 1.125rem; }
      th.number, td.number { text-align: end; white-space: nowrap; }
      td time { white-space: nowrap; }
      td small { max-width: 44ch; }
      @container table (width < 38rem) {
        .minor { display: none; }
        .narrow { display: block; }
        th { white-space: normal; vertical-align: bottom; }
        td:has(> time) { width: 1%; }
        td time { white-space: normal; }
        td bdi { overflow-wrap: anywhere; }
        th, td { padding-inline: 0.5rem; }
      }
      .day { padding: 0.75rem 0 0.25rem; color: var(--soft); font-weight: 600; }
      .day:first-of-type { padding-top: 0; }
      .timeline > li { display: grid; grid-template-columns: 4.25rem minmax(0, 1fr); gap: 0.5rem; padding: 0.375rem 0; border-top: 1px solid var(--line); }
      .timeline > li > time { color: var(--soft); font-size: 0.8125rem; line-height: 1.3125rem; }
      .event summary { list-style-position: outside; }
      .event .kind { margin-inline-start: 0.5rem; color: var(--soft); font-size: 0.8125rem; }
      .event .brief { margin-inline-start: 0.625rem; color: var(--soft); }
      @container main (width < 34rem) { .event .brief { display: block; margin: 0; font-size: 0.8125rem; } }
      details.event[open] .brief { display: none; }
      details.event summary { list-style: none; display: block; padding-inline-end: 1.25rem; position: relative; }
      details.event summary::-webkit-details-marker { display: none; }
      details.event summary::after { content: ""; position: absolute; inset-inline-end: 0.25rem; top: 0.375rem; width: 0.375rem; height: 0.375rem; border: solid var(--soft); border-width: 0 1.5px 1.5px 0; transform: rotate(45deg); }
      details.event[open] summary::after { top: 0.5625rem; transform: rotate(225deg); }
      .properties { margin: 0.5rem 0 0.25rem; padding: 0.5rem 0.75rem; border-radius: 6px; background: var(--sunken); }
      .runs { display: grid; }
      .runs > li { padding: 0.4375rem 0; border-top: 1px solid var(--line); }
      .runs > li:first-child { border-top: 0; padding-top: 0; }
      .runs a[aria-current] { color: var(--ink); }
      .why { display: grid; gap: 0.75rem; }
      .why > li { position: relative; padding-inline-start: 1.25rem; }
      .why > li::before { content: ""; position: absolute; inset-inline-start: 0.125rem; top: 0.4375rem; width: 0.5rem; height: 0.5rem; border-radius: 50%; background: var(--accent); }
      .why > li:not(:last-child)::after { content: ""; position: absolute; inset-inline-start: 0.3125rem; top: 1.125rem; bottom: -0.875rem; width: 2px; background: var(--line); }
      .enter { margin-bottom: 0.75rem; padding: 0.5rem 0.75rem; border-radius: 6px; background: var(--accent-wash); }
      .steps { display: grid; }
      .steps > li { position: relative; padding-inline-start: 2rem; padding-block: 0.3125rem; }
      .steps > li::before { content: ""; position: absolute; inset-inline-start: 0.75rem; top: 0; bottom: 0; width: 2px; margin-inline-start: -1px; background: var(--line); }
      .steps > li:last-child::before { bottom: auto; height: 1.25rem; }
      .step { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.125rem 1rem; }
      .step > .icon { position: absolute; inset-inline-start: 0; top: 0.25rem; width: 1.5rem; height: 1.5rem; padding: 0.25rem; border-radius: 50%; background: var(--surface); border: 1px solid var(--line); color: var(--accent); }
      .step .what { flex: 1 1 12rem; min-width: 0; }
      .step .counts { display: flex; gap: 0.75rem; color: var(--soft); font-size: 0.8125rem; white-space: nowrap; }
      .step .here { color: var(--accent); font-weight: 650; }
      .arm { position: relative; margin-top: 0.5rem; padding: 0.625rem 0.75rem; border: 1px solid var(--line); border-radius: 6px; background: color-mix(in oklab, var(--sunken), var(--surface) 45%); }
      .arm .condition { margin-bottom: 0.25rem; }
      .arm .icon { background: var(--surface); }
      @container main (width < 30rem) { .steps > li { padding-inline-start: 1.875rem; } .arm { margin-inline-start: -1.25rem; } }
    }

    """#
}
