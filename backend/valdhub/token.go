package valdhub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"telehab.io/desktop/backend/reach"
)

const (
	// audience is the API that a token is for.
	audience = "vald-api-external"
	// early is how long before its end a token is not used any more.
	early = time.Minute
)

// bearer returns a token that is good for another minute, and asks for one where
// there is none. stale is one that was refused; nil: none was.
func (c *Client) bearer(ctx context.Context, stale *oauth2.Token) (*oauth2.Token, error) {
	c.authorizing.Lock()
	defer c.authorizing.Unlock()
	if c.token != nil && c.token != stale && (c.token.Expiry.IsZero() || time.Until(c.token.Expiry) > early) {
		return c.token, nil
	}
	if err := c.enter(ctx); err != nil {
		return nil, err
	}
	config := clientcredentials.Config{
		ClientID: c.credentials.id, ClientSecret: c.credentials.secret, TokenURL: c.at.token.String(),
		EndpointParams: url.Values{"audience": {audience}}, AuthStyle: oauth2.AuthStyleInParams,
	}
	followed, trace := reach.Follow(context.WithValue(ctx, oauth2.HTTPClient, &http.Client{
		Transport: named{c.network.HTTP.Transport, c.userAgent}, Timeout: c.network.HTTP.Timeout, CheckRedirect: c.network.HTTP.CheckRedirect,
	}))
	token, err := config.Token(followed)
	if err != nil {
		return nil, c.withoutToken(ctx, trace, err)
	}
	c.token = token
	return token, nil
}

// withoutToken explains why there is no token. What oauth2 says has the body of
// the answer in it, which is not for a log.
func (c *Client) withoutToken(ctx context.Context, trace *reach.Trace, err error) error {
	var answered *oauth2.RetrieveError
	var connection *url.Error
	switch {
	case errors.As(err, &answered) && answered.Response.StatusCode < http.StatusMultipleChoices:
		return unexpected("no token in the answer")
	case errors.As(err, &answered):
		return ofToken(answered)
	case errors.As(err, &connection) || ctx.Err() != nil:
		return c.network.Explain(ctx, trace, c.at.token.Hostname(), err)
	}
	return unexpected("a token that cannot be read")
}

func ofToken(answered *oauth2.RetrieveError) error {
	status := answered.Response.StatusCode
	switch {
	case isPage(answered.Body) && status < http.StatusInternalServerError:
		return refusal(answered.Response, answered.Body)
	case status == http.StatusBadRequest, status == http.StatusUnauthorized, status == http.StatusForbidden:
		return because(codeRefused, fmt.Errorf("the token's address answered %d", status))
	}
	return refusal(answered.Response, answered.Body)
}

// named adds the User-Agent to requests that a library makes.
type named struct {
	http.RoundTripper
	userAgent string
}

func (n named) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", n.userAgent)
	r.Header.Set("Accept", "application/json")
	return n.RoundTripper.RoundTrip(r)
}
