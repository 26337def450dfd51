/// Cards, figures, facts, pills, notices, forms.
enum StylesheetParts {
  static let text = #"""
    @layer parts {
      .card { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); padding: 1rem 1.125rem; }
      .card > h2 { display: flex; align-items: baseline; gap: 0.5rem; margin-bottom: 0.75rem; }
      .card > h2 .count { color: var(--soft); font-weight: 500; }
      .card > * + :is(dl, pre, form, .facts) { margin-top: 0.75rem; }
      .card > h2 + * { margin-top: 0; }
      .card > p + p:not(.hint) { margin-top: 1rem; }
      .lead { max-width: 65ch; }
      .lead + .lead, .code + .lead { margin-top: 1rem; }
      .hint { color: var(--soft); font-size: 0.8125rem; max-width: 65ch; }
      .narrow { display: none; }
      .none { color: var(--soft); }
      .strong { font-weight: 600; }
      .more { margin-top: 0.75rem; }
      .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1px; overflow: hidden; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); }
      .figures > div { padding: 0.875rem 1.125rem; box-shadow: 0 0 0 1px var(--line); }
      .figures dt { color: var(--soft); font-size: 0.8125rem; }
      .figures dt a { color: inherit; text-decoration: underline; text-decoration-color: var(--line); text-underline-offset: 0.2em; }
      .figures dt a:hover { color: var(--accent); text-decoration-color: currentColor; }
      .figures dd { font-size: 1.625rem; line-height: 1.25; font-weight: 600; letter-spacing: -0.015em; }
      .figures dd.hint, .figures dd.moment { font-size: 0.8125rem; letter-spacing: 0; font-weight: 400; }
      .figures dd.moment { margin-top: 0.375rem; font-size: 0.9375rem; font-weight: 500; }
      .figures dd .pill { letter-spacing: 0; vertical-align: middle; }
      .facts { display: grid; }
      .facts > div { display: grid; grid-template-columns: minmax(6.5rem, min(34%, 11rem)) minmax(0, 1fr); gap: 0.75rem; padding: 0.3125rem 0; border-top: 1px solid var(--line); }
      .facts > div:first-child { border-top: 0; padding-top: 0; }
      .facts dt { color: var(--soft); }
      .facts + .facts { margin-top: 0.75rem; padding-top: 0.75rem; border-top: 1px solid var(--line); }
      .pill { display: inline-block; padding: 0 0.5rem; border-radius: 99px; background: var(--quiet-wash); color: var(--soft); font-size: 0.75rem; line-height: 1.375rem; font-weight: 600; white-space: nowrap; }
      .pill.good { background: var(--good-wash); color: var(--good); }
      .pill.waiting { background: var(--wait-wash); color: var(--wait); }
      .pill.bad { background: var(--bad-wash); color: var(--bad); }
      .notice { padding: 0.625rem 1rem; border-radius: var(--radius); background: var(--accent-wash); }
      .notice.good { background: var(--good-wash); color: var(--good); }
      .notice.bad { background: var(--bad-wash); }
      .notice.bad strong { color: var(--bad); }
      .findings { margin-top: 0.375rem; display: grid; gap: 0.25rem; }
      .sandbox { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.375rem 1.5rem; padding: 0.5rem 1rem; border-radius: var(--radius); background: var(--wait-wash); }
      .sandbox strong { color: var(--wait); }
      .sandbox small { display: inline; margin-inline-start: 0.375rem; }
      .sandbox form { display: flex; flex-wrap: wrap; align-items: center; gap: 0.375rem; }
      .sandbox .hint { margin-inline-end: 0.25rem; }
      @container main (width < 30rem) { .sandbox .hint { display: none; } .sandbox button { padding-inline: 0.4375rem; } }
      .empty { padding: 2.25rem 1rem; text-align: center; }
      .empty .icon { width: 2rem; height: 2rem; stroke-width: 0.9; color: var(--soft); }
      .empty p { margin-inline: auto; max-width: 52ch; color: var(--soft); text-wrap: pretty; }
      .empty .what-is-missing { margin-block: 0.5rem 0.25rem; color: var(--ink); font-size: 1rem; font-weight: 600; }
      .code { overflow-x: auto; padding: 0.75rem 0.875rem; border-radius: 6px; background: var(--sunken); line-height: 1.5; tab-size: 2; }
      .prose { white-space: pre-wrap; font: inherit; max-width: 72ch; padding-top: 0.75rem; border-top: 1px solid var(--line); }
      .search { display: flex; gap: 0.5rem; }
      .search input { flex: 1; min-width: 0; max-width: 32rem; }
      .filters { display: flex; flex-wrap: wrap; align-items: end; gap: 0.5rem 0.75rem; }
      .filters label { display: grid; gap: 0.125rem; min-width: 0; }
      .filters label span { color: var(--soft); font-size: 0.8125rem; }
      .filters select, .filters input { max-width: 15rem; }
      .filters .reset { padding: 0.5rem 0.25rem; }
      .mend { display: grid; justify-items: start; gap: 0.5rem; }
      .wrong { color: var(--bad); }
      .pager { display: flex; gap: 0.5rem; }
      .confirm { position: relative; }
      .confirm summary { list-style: none; }
      .confirm summary::-webkit-details-marker { display: none; }
      .popover { inset-inline: auto 0; width: min(20rem, 80vw); padding: 1rem; }
      @container main (width < 34rem) { .popover { inset-inline: 0; width: auto; } }
      .popover p { margin-bottom: 0.75rem; }
      progress { display: block; width: 7rem; height: 0.375rem; margin-top: 0.375rem; accent-color: var(--accent); }
      .figures progress { margin-block: 0.5rem 0.375rem; }
      .bars { display: block; width: 100%; height: 5.5rem; }
      .bars rect { fill: var(--accent); opacity: 0.75; }
      .bars rect:hover { opacity: 1; }
      .axis { display: flex; justify-content: space-between; gap: 1rem; margin-top: 0.375rem; padding-top: 0.375rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.8125rem; }
      .letter iframe { display: block; width: 100%; height: min(70vh, 46rem); margin: 0.75rem 0; border: 1px solid var(--line); border-radius: 6px; background: #fff; color-scheme: light; }
      .previews { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-start; max-width: 100%; overflow-x: auto; }
      .preview { flex: none; max-width: 100%; margin: 0.75rem 0 0; overflow-x: auto; }
      .preview figcaption { color: var(--soft); font-size: 0.8125rem; }
      .letter .preview iframe { width: 640px; height: 44rem; margin: 0.375rem 0 0.75rem; }
      .letter .preview.wide iframe { width: 1000px; }
      .letter .preview.phone iframe { width: 375px; border-radius: 1.25rem; }
      .letter summary { color: var(--soft); }
      .letter .code { margin-top: 0.5rem; white-space: pre-wrap; }
      .tags { display: flex; flex-wrap: wrap; gap: 0.375rem; }
      .tags a { display: inline-flex; align-items: center; padding: 0.0625rem 0.625rem; border: 1px solid var(--line); border-radius: 99px; background: var(--sunken); color: var(--ink); }
      .tags a:hover { border-color: var(--accent); text-decoration: none; }
    }

    """#
}
