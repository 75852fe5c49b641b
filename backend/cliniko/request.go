package cliniko

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/reach"
)

// maxBody is the size in bytes of the largest answer that is read. A page of
// 100 patients has about 350 kB.
const maxBody = 16 << 20

// The number of attempts, including the first. A person who waits is told
// sooner.
const (
	patientTries = 5
	urgentTries  = 2
)

// retry says how to wait between attempts.
type retry struct{ pause time.Duration }

func (r retry) policy() *backoff.ExponentialBackOff {
	policy := backoff.NewExponentialBackOff()
	policy.InitialInterval = r.pause
	policy.MaxInterval = 20 * r.pause
	return policy
}

// call is one request to the API.
type call struct {
	path   string
	query  url.Values
	urgent bool // a person waits for it
}

// getJSON asks for a small document on behalf of a person.
func (c *Client) getJSON(ctx context.Context, path string, query url.Values, into any) error {
	return c.get(ctx, call{path: path, query: query, urgent: true}, func(body []byte, _ http.Header) error {
		if err := decode(body, into); err != nil {
			return unexpectedAnswer(err)
		}
		return nil
	})
}

// get sends a request, and retries transient failures: a busy server, a lost
// connection, a truncated body. It calls read with each complete answer.
func (c *Client) get(ctx context.Context, what call, read func(body []byte, header http.Header) error) error {
	tries := uint(patientTries)
	if what.urgent {
		tries = urgentTries
	}
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		body, header, err := c.sendWaiting(ctx, what)
		if err == nil {
			err = read(body, header)
		}
		if err == nil || isTransient(err) && (what.urgent || profile.CodeOf(err) != profile.RateLimited) {
			return struct{}{}, err
		}
		return struct{}{}, backoff.Permanent(err)
	}, backoff.WithBackOff(c.retry.policy()), backoff.WithMaxTries(tries), backoff.WithMaxElapsedTime(0))
	var permanent *backoff.PermanentError
	if errors.As(err, &permanent) {
		err = permanent.Err
	}
	if cancelled := context.Cause(ctx); cancelled != nil && err != nil && profile.CodeOf(err) == profile.Cancelled {
		return cancelled
	}
	return err
}

// maxWaits is how often one request waits because Cliniko asks it to.
const maxWaits = 60

// sendWaiting is send, but repeats a request that is not urgent after a 429,
// which the gate delays for as long as Cliniko asks: up to maxWaits times, and
// for maxPassWait together.
//
// Errors: RateLimited, with the time at which to try again.
func (c *Client) sendWaiting(ctx context.Context, what call) (body []byte, header http.Header, err error) {
	began := time.Now()
	for range maxWaits {
		body, header, err = c.send(ctx, what)
		var limited *profile.Error
		if what.urgent || !errors.As(err, &limited) || limited.Code != profile.RateLimited || limited.Until.Sub(began) > maxPassWait {
			break
		}
	}
	return body, header, err
}

// isTransient reports whether the same request may succeed in a moment.
func isTransient(err error) bool {
	switch profile.CodeOf(err) {
	case profile.Offline, profile.TimedOut, profile.RateLimited, profile.ClinicTrouble, profile.AnswerIncomplete,
		profile.ConnectionBlocked, profile.ProxyUnreachable, profile.ProxyRefused, profile.ProxyScript:
		return true
	}
	return false
}

// send sends one request through the gate and reads the whole answer.
func (c *Client) send(ctx context.Context, what call) ([]byte, http.Header, error) {
	address := *c.base
	address.Path += what.path
	address.RawQuery = what.query.Encode()
	followed, t := reach.Follow(ctx)
	request, err := http.NewRequestWithContext(followed, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, nil, fmt.Errorf("make a request: %w", err)
	}
	request.SetBasicAuth(c.key.secret, "")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", c.userAgent)

	if err := profile.SpendRequest(ctx); err != nil {
		return nil, nil, backoff.Permanent(err)
	}
	if err := c.gate.enter(ctx, what.urgent); err != nil {
		return nil, nil, err
	}
	c.requests.Add(1)
	response, err := c.network.HTTP.Do(request)
	if err != nil {
		c.gate.leave()
		return nil, nil, c.network.Explain(ctx, t, c.base.Hostname(), err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	if response.StatusCode == http.StatusTooManyRequests {
		// Before the place is given back, so that no other request gets
		// through.
		c.gate.close(ctx, waitAfter(response, body))
	}
	c.gate.leave()
	c.network.LearnTime(response.Header)
	switch {
	case response.StatusCode == http.StatusTooManyRequests && !isPage(body):
		return nil, nil, rateLimited(waitAfter(response, body))
	case err != nil:
		return nil, nil, c.network.Explain(ctx, t, c.base.Hostname(), err)
	case len(body) > maxBody:
		return nil, nil, profile.Because(profile.AnswerTooLarge, nil)
	}
	err = refusal(response, body)
	if profile.CodeOf(err) == profile.KeyRefused && !c.key.namesShard() {
		err = &profile.Error{Code: profile.KeyRefused, Message: endMissing, Cause: err}
	}
	return body, response.Header, err
}

const endMissing = "Cliniko does not accept this key. Newer keys end with a region, such as -au1, and this one does not, so its end may be missing. " +
	"Cliniko shows a key only once: if you do not have all of it any more, add a new key there and paste the whole key here."

// refusal turns a status, or a web page where data should be, into an error.
func refusal(response *http.Response, body []byte) error {
	status := response.StatusCode
	cause := fmt.Errorf("cliniko answered %d", status)
	switch {
	case status == http.StatusUnauthorized:
		return profile.Because(profile.KeyRefused, cause)
	case status == http.StatusProxyAuthRequired:
		return profile.Because(profile.ProxySignIn, cause)
	case status > 400 && status < 500 && isPage(body), status == http.StatusNotFound && isWebPage(response, body):
		// From something in between, which says nothing about a client or a
		// role.
		return webFilter(status, cause)
	case status == http.StatusForbidden:
		return profile.Because(profile.KeyForbidden, cause)
	case status == http.StatusNotFound:
		return &profile.Error{Code: profile.NotFound, Cause: cause,
			Message: "This clinic's Cliniko has no such client, or the key's owner does not have access to it. Look the client up in Cliniko."}
	case status == http.StatusNetworkAuthenticationRequired, status >= 300 && status < 400, status < 300 && isWebPage(response, body):
		return profile.Because(profile.LoginPage, cause)
	case status >= 500, status == http.StatusRequestTimeout, status > 200 && status < 300:
		return unexpectedAnswer(cause)
	case status != http.StatusOK:
		return profile.Because(profile.ClinicRejected, cause)
	}
	return nil
}

// webFilter is the error for a web page with a status that Cliniko could have
// sent.
func webFilter(status int, cause error) error {
	return &profile.Error{Code: profile.LoginPage, Cause: cause, Message: fmt.Sprintf(
		"A web page came in place of Cliniko's answer (%d %s), so something on this network answers for it, such as a web filter. Ask your IT person to allow *.cliniko.com, port 443; if the network requires a sign-in, open any web page in your browser first.",
		status, http.StatusText(status))}
}

func isWebPage(response *http.Response, body []byte) bool {
	return strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") || isPage(body)
}

// isPage reports whether the body is a web page. For an error the content type
// alone says little: servers send plain texts as text/html.
func isPage(body []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) }

// unexpectedAnswer is the error for an answer that the API does not document.
func unexpectedAnswer(cause error) error {
	return profile.Because(profile.ClinicTrouble, cause)
}

// incompleteAnswer is the error for an answer that lacks something.
func incompleteAnswer(what string) error {
	return &profile.Error{Code: profile.AnswerIncomplete, Cause: errors.New("no " + what), Message: "Cliniko's answer lacks " + what +
		", so nothing was changed. Try again later; if that does not help, write to TeleHab's support, support@vald.com."}
}
