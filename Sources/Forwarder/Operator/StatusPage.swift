/// The page at `/`: one document without outside assets that asks `/status` every two seconds. Texts from there are set as text, never as
/// markup.
enum StatusPage {
    static let html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>auditferry</title>
        <link rel="icon" href="data:,">
        <style>\(style)</style>
        </head>
        <body>
        <header>
        <h1>auditferry</h1><span id="verdict" class="pill" role="status">asking</span>
        <p id="about">The page shows nothing without JavaScript; <a href="/status">/status</a> has the same as JSON.</p>
        </header>
        <main>
        <section id="problems" aria-label="Problems"></section>
        <section id="figures" aria-label="In short"></section>
        <section id="outputs" aria-label="Outputs"></section>
        <div id="charts">
        <section class="card" aria-label="Audits by service"><h2>Services</h2><p class="note">audits shown by the API in this run</p>
        <div id="services"></div></section>
        <section class="card" aria-label="Late arrivals"><h2>Late arrivals</h2><p class="note">audits shown after their time was
        covered, by how late</p><div id="late"></div></section>
        </div>
        </main>
        <footer><a href="/status">status</a> <a href="/metrics">metrics</a> <a href="/healthz">healthz</a>
        <a href="/readyz">readyz</a><span id="updated"></span></footer>
        <script>\(script)</script>
        </body>
        </html>

        """
}
