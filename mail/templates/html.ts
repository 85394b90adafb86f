/** The same notice as HTML: one column, no images, nothing fetched from anywhere. Everything put in is escaped by the engine. */
export const HTML = `\
<!doctype html>
<html lang="<%= it.language %>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><%= it.subject %></title>
</head>
<body style="margin:0;padding:24px;background:#ffffff;color:#1f2328;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif">
<div style="max-width:600px;margin:0 auto">
<p><%= it.greeting %></p>
<% for (const paragraph of it.paragraphs) { %>
<p><%= paragraph %></p>
<% } %>
<% if (it.action) { %>
<p><a href="<%= it.action.url %>" style="color:#0a58ca"><%= it.action.label %></a></p>
<% } %>
<ul style="padding:12px 0;margin:24px 0;list-style:none;border-top:1px solid #d0d7de;border-bottom:1px solid #d0d7de">
<% for (const { label, value } of it.facts) { %>
<li><span style="color:#59636e"><%= label %>:</span> <%= value %></li>
<% } %>
</ul>
<% for (const line of it.footer) { %>
<p style="margin:0;font-size:13px;color:#59636e;overflow-wrap:anywhere"><%= line %></p>
<% } %>
</div>
</body>
</html>
`;
