import { Suspense } from "react";
import { Redirect, Route, Switch, useLocation, useParams, useSearch } from "wouter";
import { LanguageProvider, withAllWords, withLateWords } from "./language.tsx";
import { OrganisationApp } from "./shell/organisation-app.tsx";
import { FirstPlace } from "./shell/first-place.tsx";
import { OwnPlace } from "./shell/own-place.tsx";
import { patterns, safeNext } from "./routes.ts";
import { Boundary } from "./parts/failure.tsx";
import { late } from "./parts/late.tsx";
import { PageFailed } from "./shell/plain-pages.tsx";

const SignIn = late(
  withLateWords(() => import("./screens/entry/sign-in.tsx"), "entry"),
  (part) => part.SignIn,
);
const SignUp = late(
  withLateWords(() => import("./screens/entry/sign-up.tsx"), "entry"),
  (part) => part.SignUp,
);
const Reauthorize = late(
  withLateWords(() => import("./screens/reauthorize/reauthorize-page.tsx")),
  (part) => part.ReauthorizePage,
);
const Confirm = late(
  withLateWords(() => import("./screens/entry/confirm.tsx"), "entry"),
  (part) => part.Confirm,
);
const Recover = late(
  withLateWords(() => import("./screens/entry/recover.tsx"), "entry"),
  (part) => part.Recover,
);
const Gallery = __GALLERY__
  ? late(
      withAllWords(() => import("./gallery/gallery.tsx")),
      (part) => part.Gallery,
    )
  : null;

export function App() {
  return (
    <LanguageProvider>
      <Boundary renderFailed={() => <PageFailed />}>
        <Suspense>
          <Switch>
            {Gallery && (
              <Route path="/gallery/*?">
                <Gallery />
              </Route>
            )}
            <Route path={patterns.signIn}>
              <SignInPlace />
            </Route>
            <Route path={patterns.reauthorizeLink}>
              <Reauthorize token={location.hash.slice(1)} />
            </Route>
            <Route path={patterns.confirm}>
              <Confirm token={location.hash.slice(1)} />
            </Route>
            <Route path={patterns.recover}>
              <Recover token={location.hash.slice(1)} />
            </Route>
            <Route path={patterns.signUp}>
              <SignUp />
            </Route>
            <Route path="/">
              <FirstPlace />
            </Route>
            <Route path={patterns.own}>
              <OwnPlace />
            </Route>
            <Route path="/:org/*?">
              <OrganisationPlace />
            </Route>
            <Route>
              <Redirect to="/" />
            </Route>
          </Switch>
        </Suspense>
      </Boundary>
    </LanguageProvider>
  );
}

function SignInPlace() {
  const search = useSearch();
  const [, navigate] = useLocation();
  return <SignIn onSignedIn={() => navigate(safeNext(`?${search}`) ?? "/")} />;
}

function OrganisationPlace() {
  const { org } = useParams<{ org: string }>();
  return <OrganisationApp key={org} slug={org} />;
}
