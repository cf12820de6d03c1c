// A real OpenID Connect provider on loopback. One person signs in without being asked; `POST /rotate` and
// `POST /tokens` are the test's own. Usage: node provider.mjs PORT
import { createServer } from "node:http";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { Provider } from "oidc-provider";

const port = Number(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const AUDIENCE = "https://qoldau.test";

const newKey = () => ({
  ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }),
  kid: randomUUID(), use: "sig", alg: "RS256",
});
const keys = [newKey()];

const build = () => {
  const provider = new Provider(issuer, {
    clients: [{
      client_id: "frontend",
      redirect_uris: ["https://front.example/callback"],
      token_endpoint_auth_method: "none",
    }],
    jwks: { keys },
    pkce: { required: () => true },
    claims: { openid: ["sub"], roles: ["realm_access", "qoldau_grants"] },
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: "synthetic" });
      grant.addOIDCScope("openid");
      grant.addResourceScope(AUDIENCE, "api");
      await grant.save();
      return grant;
    },
    extraTokenClaims: async () => ({
      realm_access: { roles: ["kaz-manager", "offline_access"] },
      qoldau_grants: ["nominator:country:TJ", "service:country:TJ", "nonsense"],
    }),
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: (_, resource) => ({
          scope: "api", audience: resource, accessTokenTTL: 300, accessTokenFormat: "jwt", jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
    cookies: { keys: ["synthetic"] },
    interactions: { url: (_, interaction) => `/sign-in/${interaction.uid}` },
  });
  provider.use(async (ctx, next) => {
    if (ctx.path.startsWith("/sign-in/")) {
      await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: "synthetic" } });
      ctx.respond = false;
      return;
    }
    await next();
  });
  return provider.callback();
};

let serve = build();
createServer((request, response) => {
  if (request.method === "POST" && request.url === "/rotate") {
    keys.unshift(newKey());
    keys.length = 1;
    serve = build();
    response.end("ok");
    return;
  }
  serve(request, response);
}).listen(port, "127.0.0.1", () => console.log("listening"));
