/// Makes the Liquid source of a letter of its blocks: HTML that also Outlook shows as meant (tables, styles on the elements,
/// 600 pixels, no VML), legible in dark mode, and plain text.
enum BlockLetter {
  private static let font = "font-family:Arial,Helvetica,sans-serif"

  static func html(_ blocks: [EmailBlock], language: String, preheader: String?) -> String {
    let tag = language.isEmpty ? "en" : language
    return """
      <!doctype html>
      <html lang="\(tag)" xmlns="http://www.w3.org/1999/xhtml">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="x-apple-disable-message-reformatting">
      <meta name="color-scheme" content="light dark">
      <meta name="supported-color-schemes" content="light dark">
      <title></title>
      <style>
      :root { color-scheme: light dark; }
      body { margin: 0; padding: 0; }
      img { border: 0; display: block; max-width: 100%; height: auto; }
      @media (max-width: 620px) { .cell { display: block !important; width: 100% !important; box-sizing: border-box; } }
      @media (prefers-color-scheme: dark) {
        .ground { background: #121212 !important; }
        .sheet { background: #1e1e1e !important; }
        .ink { color: #f2f2f2 !important; }
        .quiet { color: #b3b3b3 !important; }
      }
      </style>
      </head>
      <body class="ground" style="margin:0;padding:0;background:#f4f4f4">
      \(hidden(preheader))<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="ground" style="background:#f4f4f4"><tr><td align="center" style="padding:16px 0">
      <!--[if mso]><table role="presentation" width="600" align="center" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
      <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="sheet" style="max-width:600px;background:#ffffff">
      \(blocks.map { "<tr>" + row($0) + "</tr>" }.joined(separator: "\n"))
      </table>
      <!--[if mso]></td></tr></table><![endif]-->
      </td></tr></table>
      </body>
      </html>

      """
  }

  /// What mail programs show behind the subject, unseen in the letter itself.
  private static func hidden(_ preheader: String?) -> String {
    guard let preheader, !preheader.isEmpty else { return "" }
    return "<div style=\"display:none;max-height:0;overflow:hidden;mso-hide:all\">\(BlockText(preheader).html)</div>\n"
  }

  private static func row(_ block: EmailBlock) -> String {
    switch block {
    case .heading(let text, let level, let style):
      let size = [28, 22, 18][level - 1]
      return cell(
        style, "padding:24px 24px 8px;font-size:\(size)px;line-height:\(size + 8)px;font-weight:bold",
        "<h\(level) class=\"ink\" style=\"margin:0;font-size:\(size)px;line-height:\(size + 8)px;color:\(style.color ?? "#222222")\">\(BlockText(text).html)</h\(level)>"
      )
    case .text(let text, let style):
      let paragraphs = paragraphs(text).map { paragraph in
        "<p class=\"ink\" style=\"margin:0 0 12px;color:\(style.color ?? "#333333")\">\(lines(paragraph))</p>"
      }
      return cell(style, "padding:8px 24px;font-size:16px;line-height:24px", paragraphs.joined())
    case .html(let html): return cell(.init(), "padding:8px 24px;font-size:16px;line-height:24px;color:#333333", html)
    case .image(let source, let alt, let url, let width):
      let image =
        "<img src=\"\(BlockText(source).html)\" alt=\"\(BlockText(alt).html)\" width=\"\(width)\" style=\"width:\(width)px;max-width:100%;height:auto\">"
      let linked = url.map { "<a href=\"\(BlockText($0).html)\" target=\"_blank\">\(image)</a>" } ?? image
      return cell(.init(align: "center"), width == EmailBlock.width ? "padding:0" : "padding:8px 24px", linked)
    case .button(let text, let url, let style): return cell(style, "padding:12px 24px", button(text, url, style))
    case .products(let grid): return cell(.init(), "padding:8px 16px", products(grid))
    case .coupon(let code, let text, let style):
      let note =
        text.isEmpty
        ? ""
        : "<p class=\"quiet\" style=\"margin:0 0 8px;font-size:14px;line-height:20px;color:#666666\">\(BlockText(text).html)</p>"
      return cell(
        .init(align: "center"), "padding:16px 24px",
        "<table role=\"presentation\" align=\"center\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr><td align=\"center\" style=\"padding:16px 32px;border:2px dashed \(style.color ?? "#888888");\(font)\">\(note)<span class=\"ink\" style=\"font-size:22px;line-height:28px;font-weight:bold;letter-spacing:1px;color:#222222\">\(BlockText(code).html)</span></td></tr></table>"
      )
    case .divider(let color):
      return
        "<td style=\"padding:16px 24px\"><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr><td style=\"border-top:1px solid \(color);font-size:1px;line-height:1px\">&nbsp;</td></tr></table></td>"
    case .footer(let footer): return self.footer(footer)
    }
  }

  private static func cell(_ style: EmailBlock.Style, _ css: String, _ content: String) -> String {
    "<td align=\"\(style.align)\" style=\"\(css);\(font)\">\(content)</td>"
  }

  /// A link in a coloured cell: programs without rounded corners or padding of links still show a button.
  private static func button(_ text: String, _ url: String, _ style: EmailBlock.Style) -> String {
    let ground = style.color ?? "#0a5bd3"
    return "<table role=\"presentation\" align=\"\(style.align)\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>"
      + "<td align=\"center\" bgcolor=\"\(ground)\" style=\"border-radius:4px;background:\(ground);mso-padding-alt:12px 24px\">"
      + "<a href=\"\(BlockText(url).html)\" target=\"_blank\" style=\"display:inline-block;padding:12px 24px;\(font);font-size:16px;line-height:20px;font-weight:bold;color:\(style.textColor ?? "#ffffff");text-decoration:none\">\(BlockText(text).html)</a>"
      + "</td></tr></table>"
  }

  private static func products(_ grid: EmailBlock.ProductGrid) -> String {
    let width = (EmailBlock.width - 32) / grid.columns
    let more =
      grid.button.map {
        "{% if product.url %}<a href=\"{{ product.url }}\" target=\"_blank\" style=\"font-weight:bold;color:#0a5bd3\">\(BlockText($0).html)</a>{% endif %}"
      } ?? ""
    return assignment(of: grid)
      + "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\">"
      + "{% for product in block_products limit: \(grid.limit) %}{% assign column = forloop.index0 | modulo: \(grid.columns) %}"
      + "{% if column == 0 %}<tr>{% endif %}"
      + "<td class=\"cell\" width=\"\(width)\" valign=\"top\" style=\"width:\(width)px;padding:8px;\(font);font-size:15px;line-height:20px\">"
      + "{% assign picture = product.image | default: product.image_url %}"
      + "{% if picture %}<a href=\"{{ product.url | default: '#' }}\" target=\"_blank\"><img src=\"{{ picture }}\" alt=\"{{ product.title | default: product.name }}\" width=\"\(width - 16)\" style=\"width:\(width - 16)px;max-width:100%;height:auto\"></a>{% endif %}"
      + "<p class=\"ink\" style=\"margin:8px 0 4px;color:#222222\">{{ product.title | default: product.name }}</p>"
      + "{% if product.price %}<p class=\"quiet\" style=\"margin:0 0 8px;color:#666666\">\(amount("price"))"
      + "{% if product.oldPrice %} <s style=\"color:#999999\">\(amount("oldPrice"))</s>{% endif %}</p>{% endif %}"
      + more + "</td>{% if column == \(grid.columns - 1) or forloop.last %}</tr>{% endif %}{% endfor %}</table>"
  }

  /// The grid's products by a name of its own: ids and what events say become what the catalogue has.
  private static func assignment(of grid: EmailBlock.ProductGrid) -> String {
    let source =
      switch grid.source {
      case .path(let path): path
      case .category(let name): "catalog.categories['\(name)']"
      case .ids(let ids): "'\(ids.joined(separator: "\n"))' | split: '\n'"
      }
    let rule = grid.hidesOutOfStock ? ": out_of_stock: 'hide'" : ""
    // The list is looped over by itself too, with nothing in it, so that it is missed where it is not there.
    let asked = if case .path(let path) = grid.source { "{% for item in \(path) limit: 0 %}{% endfor %}" } else { "" }
    return asked + "{% assign block_products = \(source) | product\(rule) %}"
  }

  private static func amount(_ name: String) -> String {
    "{% if product.currency %}{{ product.\(name) | money: product.currency }}{% else %}{{ product.\(name) | money }}{% endif %}"
  }

  private static func footer(_ footer: EmailBlock.Footer) -> String {
    let preferences =
      footer.preferences.map {
        "{% if preferences_url %} · <a href=\"{{ preferences_url }}\" class=\"quiet\" style=\"color:#777777\">\(BlockText($0).html)</a>{% endif %}"
      } ?? ""
    return "<td align=\"center\" style=\"padding:24px;\(font);font-size:12px;line-height:18px\">"
      + "<p class=\"quiet\" style=\"margin:0 0 8px;color:#777777\">\(lines(footer.text))</p>"
      + "{% if unsubscribe_url %}<p class=\"quiet\" style=\"margin:0;color:#777777\"><a href=\"{{ unsubscribe_url }}\" class=\"quiet\" style=\"color:#777777\">\(BlockText(footer.unsubscribe).html)</a>\(preferences)</p>{% endif %}</td>"
  }

  private static func paragraphs(_ text: String) -> [String] {
    var paragraphs: [[Substring]] = [[]]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.allSatisfy(\.isWhitespace) {
        paragraphs.append([])
      } else {
        paragraphs[paragraphs.count - 1].append(line)
      }
    }
    return paragraphs.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
  }

  private static func lines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { BlockText(String($0)).html }.joined(
      separator: "<br>")
  }
}

extension BlockLetter {
  /// The same letter for who reads plain text.
  static func text(_ blocks: [EmailBlock]) -> String {
    blocks.map(text).filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  private static func text(_ block: EmailBlock) -> String {
    switch block {
    case .heading(let text, let level, _): return level == 1 ? text + "\n" + String(repeating: "=", count: 24) : text
    case .text(let text, _): return text
    case .html(let html):
      return "{% capture block_html %}\(html)\n{% endcapture %}{{ block_html | strip_html | strip }}"
    case .image(_, let alt, let url, _): return [alt, url ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
    case .button(let text, let url, _): return "\(text): \(url)"
    case .products(let grid):
      return assignment(of: grid)
        + "{% for product in block_products limit: \(grid.limit) %}* {{ product.title | default: product.name }}"
        + "{% if product.price %}, \(amount("price")){% if product.oldPrice %} (\(amount("oldPrice"))){% endif %}{% endif %}"
        + "{% if product.url %}\n  {{ product.url }}{% endif %}\n{% endfor %}"
    case .coupon(let code, let text, _): return text.isEmpty ? code : "\(text): \(code)"
    case .divider: return String(repeating: "-", count: 24)
    case .footer(let footer):
      let preferences =
        footer.preferences.map { "{% if preferences_url %}\n\($0): {{ preferences_url }}{% endif %}" } ?? ""
      return
        "-- \n\(footer.text){% if unsubscribe_url %}\n\(footer.unsubscribe): {{ unsubscribe_url }}{% endif %}\(preferences)"
    }
  }
}
