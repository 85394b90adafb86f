/** A notice as plain text. A string in a module, not a file, so that it is there from the sources and from `dist` alike. */
export const TEXT = `\
<%= it.greeting %>


<% for (const paragraph of it.paragraphs) { %>
<%= paragraph %>


<% } %>
<% if (it.action) { %>
<%= it.action.label %>: <%= it.action.url %>


<% } %>
<% for (const { label, value } of it.facts) { %>
<%= label %>: <%= value %>

<% } %>

-- 
<% for (const line of it.footer) { %>
<%= line %>

<% } %>
`;
