/// The console's only script. Every page works without it; with it, counts stay fresh and menus close by themselves.
enum Script {
  static let text = #"""
    // Elements marked data-live are asked for again every few seconds while the page is in view.
    const pauseMs = 3000, pauseAfterFaultMs = 30000;
    const seen = new Map();

    async function refresh(element) {
      const name = element.dataset.live, url = new URL(location.href);
      url.searchParams.set("fragment", name);
      url.searchParams.delete("notice");
      const response = await fetch(url, { headers: { accept: "text/html" } });
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      const text = await response.text();
      // What the reader has opened, selected or focused is left alone.
      const inUse = element.matches(":focus-within") || element.querySelector("details[open]")
        || (!getSelection().isCollapsed && getSelection().containsNode(element, true));
      if (text === seen.get(name) || inUse) return;
      const template = document.createElement("template");
      template.innerHTML = text;
      if (template.content.firstElementChild?.dataset.live !== name) return;
      seen.set(name, text);
      element.replaceWith(template.content);
    }

    async function refreshAll() {
      let pause = pauseMs;
      try {
        if (document.visibilityState === "visible")
          await Promise.all([...document.querySelectorAll("[data-live]")].map(refresh));
      } catch { pause = pauseAfterFaultMs; }
      setTimeout(refreshAll, pause);
    }
    setTimeout(refreshAll, pauseMs);

    // On a phone the sections scroll sideways: the current one is brought into view.
    document.querySelector(".sections [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

    const menus = "details.switch[open], details.confirm[open]";
    addEventListener("click", event => {
      for (const menu of document.querySelectorAll(menus)) if (!menu.contains(event.target)) menu.open = false;
    });
    addEventListener("keydown", event => {
      if (event.key !== "Escape") return;
      for (const menu of document.querySelectorAll(menus)) { menu.open = false; menu.firstElementChild.focus(); }
    });
    """# + "\n"
}

/// The product's mark as a picture of its own: a bird on its perch.
enum Icon {
  static let text = #"""
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0f6b8f"/><path d="M6 26h20M18.500 26v-4.500M9.500 10 6 12l3.500 2M9.500 11a5 5 0 0 1 10 0v1c3.500 1 5.500 4 6.500 9.500h-8.500A8 8 0 0 1 9.500 13.500z" fill="none" stroke="#fff" stroke-width="2.200" stroke-linecap="round" stroke-linejoin="round"/></svg>
    """# + "\n"
}
