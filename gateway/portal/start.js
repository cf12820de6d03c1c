"use strict";

// The reference, with try-it-out. In demonstration mode a visitor may look at everything as one of its accounts; the
// token stays in this page and is sent with each request that is tried.
window.addEventListener("load", async function () {
  const held = { token: null };
  window.SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#reference",
    deepLinking: true,
    filter: true,
    docExpansion: "none",
    tagsSorter: "alpha",
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
    requestInterceptor: function (request) {
      if (held.token && !request.loadSpec && !request.headers.Authorization) {
        request.headers.Authorization = "Bearer " + held.token;
      }
      return request;
    },
  });

  const answer = await fetch("/docs/demonstration.json");
  if (!answer.ok) { return; }
  const accounts = await answer.json();
  const bar = document.getElementById("signed-in");
  const choice = document.getElementById("role");
  const told = document.getElementById("told");
  for (const account of accounts.items) {
    choice.add(new Option(account.role.replaceAll("_", " "), account.login));
  }
  choice.addEventListener("change", async function () {
    held.token = null;
    told.textContent = "";
    if (!choice.value) { return; }
    const signedIn = await fetch("/v1/auth/token", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ grant_type: "password", login: choice.value, password: accounts.password }),
    });
    if (signedIn.ok) {
      held.token = (await signedIn.json()).access_token;
      told.textContent = "Signed in for ten minutes.";
    } else {
      told.textContent = "Signing in failed, try again in a minute.";
    }
  });
  bar.hidden = false;
});
