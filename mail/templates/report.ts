/** A report as one page that needs nothing else: no script, no image, nothing fetched. Reads on a phone, and prints on paper. */
export const REPORT_STYLE = `
body{margin:0;padding:24px 16px;background:#fff;color:#1f2328;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;overflow-wrap:anywhere}
main{max-width:44rem;margin:0 auto}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .25rem}
h2{font-size:1.125rem;margin:2rem 0 .5rem;padding-bottom:.25rem;border-bottom:1px solid #d0d7de}
p{margin:.5rem 0}
.quiet{color:#59636e;font-size:.875rem}
ol{list-style:none;margin:0;padding:0}
li{padding:.5rem 0;border-bottom:1px solid #eaeef2}
time{display:block;color:#59636e;font-size:.875rem}
table{width:100%;border-collapse:collapse;font-size:.9375rem}
th,td{text-align:left;vertical-align:top;padding:.375rem .75rem .375rem 0;border-bottom:1px solid #eaeef2}
th{color:#59636e;font-weight:600}
th,td+td{overflow-wrap:break-word}
code{font:.8125rem/1.5 ui-monospace,SFMono-Regular,Menlo,monospace}
@media screen and (max-width:36rem){thead{display:none}tr{display:block;padding:.5rem 0;border-bottom:1px solid #eaeef2}td{display:block;border:0;padding:0}td::before{content:attr(data-label) ': ';color:#59636e}}
@media print{@page{margin:18mm}body{padding:0;font-size:10.5pt}main{max-width:none}h2{break-after:avoid}li,tr{break-inside:avoid}thead{display:table-header-group}}
`;

export const REPORT_PAGE = `\
<!doctype html>
<html lang="<%= it.language %>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="<%= it.policy %>">
<title><%= it.title %></title>
<style><%~ it.style %></style>
</head>
<body>
<main>
<h1><%= it.title %></h1>
<p class="quiet"><%= it.asOf %></p>
<h2><%= it.sections.result %></h2>
<% for (const line of it.result) { %>
<p><%= line %></p>
<% } %>
<% if (it.drop) { %>
<h2><%= it.sections.drop %></h2>
<% for (const line of it.drop) { %>
<p><%= line %></p>
<% } %>
<% } %>
<% const table = (heading, part) => { if (!part) return; %>
<h2><%= heading %></h2>
<% for (const line of part.sentences) { %>
<p><%= line %></p>
<% } %>
<% if (part.rows.length > 0) { %>
<table>
<thead><tr><% for (const column of part.columns) { %><th scope="col"><%= column %></th><% } %></tr></thead>
<tbody>
<% for (const row of part.rows) { %>
<tr><% for (const [at, cell] of row.entries()) { %><td data-label="<%= part.columns[at] %>"><%= cell %></td><% } %></tr>
<% } %>
</tbody>
</table>
<% } %>
<% } %>
<% table(it.sections.tried, it.tried); %>
<h2><%= it.sections.timeline %></h2>
<% if (it.earlier) { %>
<p class="quiet"><%= it.earlier %></p>
<% } %>
<ol>
<% for (const { seq, when, text } of it.timeline) { %>
<li value="<%= seq %>"><time><%= when %></time><%= text %></li>
<% } %>
</ol>
<% table(it.sections.similar, it.similar); %>
<% if (it.proof) { %>
<h2><%= it.sections.proof %></h2>
<p><%= it.proof.text %></p>
<p><code><%= it.proof.line %></code></p>
<% } %>
<% for (const line of it.footer) { %>
<p class="quiet"><%= line %></p>
<% } %>
</main>
</body>
</html>
`;
