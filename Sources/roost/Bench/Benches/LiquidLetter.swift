/// The letter that `LiquidBench` renders: about 2 KB with ten values and a loop over five items.
enum LiquidLetter {
  static let source = """
    <!doctype html><html><body style="margin:0;padding:0;background:#f4f4f4">
    <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">
    <table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" style="width:600px;max-width:100%;background:#ffffff">
    <tr><td style="padding:24px;font-family:Arial,sans-serif;font-size:22px;color:#222222">Thank you, {{ person.first_name }} {{ person.last_name }}!</td></tr>
    <tr><td style="padding:0 24px;font-family:Arial,sans-serif;font-size:16px;line-height:24px;color:#444444">
    Your order {{ event.order_id }} of {{ event.total }} {{ event.currency }} is on its way to {{ person.city }}. We write to {{ person.email }} again when it has left us.
    With {{ person.points }} points you are close to your next reward; {{ event.coupon }} takes ten per cent off until the end of the month.</td></tr>
    <tr><td style="padding:24px"><table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
    {% for item in event.products %}<tr><td style="padding:8px 0;font-family:Arial,sans-serif;font-size:15px;color:#222222"><a href="{{ item.url }}" style="color:#0a5bd3">{{ item.name }}</a></td><td align="right" style="font-family:Arial,sans-serif;font-size:15px">{{ item.quantity }} &times; {{ item.price }}</td></tr>
    {% endfor %}</table></td></tr>
    <tr><td style="padding:24px;font-family:Arial,sans-serif;font-size:12px;line-height:18px;color:#888888">You get this letter because you ordered at {{ workspace.name }}. Questions? Answer this letter: a person reads it. We keep your address as long as your account is open and give it to nobody. We keep your address as long as your account is open and give it to nobody. </td></tr>
    </table></td></tr></table></body></html>
    """

  static let values = """
    {"person":{"first_name":"Ann","last_name":"O'Hara","email":"ann@example.com","city":"Rome","points":120},
    "event":{"order_id":"A-1001","total":59.9,"currency":"EUR","coupon":"SPRING-10","products":[
    {"name":"Blue shirt","price":19.9,"quantity":1,"url":"https://shop.example/p/1"},
    {"name":"Socks & more","price":4.5,"quantity":2,"url":"https://shop.example/p/2"},
    {"name":"Green hat","price":12,"quantity":1,"url":"https://shop.example/p/3"},
    {"name":"Belt","price":9.5,"quantity":1,"url":"https://shop.example/p/4"},
    {"name":"Scarf","price":9.5,"quantity":1,"url":"https://shop.example/p/5"}]},
    "workspace":{"name":"Shop","currency":"EUR"}}
    """
}
