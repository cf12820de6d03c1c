"""What a screen may offer: the steps that a caller's roles include, and why one is not possible now."""

from typing import Any

from tests.participants.courses import Course


def told(answer: dict[str, Any]) -> dict[str, bool]:
    return {action["name"]: action["allowed"] for action in answer["actions"]}


async def test_an_offer_tells_each_side_its_own_steps(course: Course) -> None:
    person, application = await course.nominee("TJ")
    await course.decide("eligible", application)
    await course.decide("selected", application)
    at = (await course.offer(application)).headers["location"]
    holder = course.holder(person)
    offered = (await course.manager.get(f"/v1/applications/{application}")).json()
    assert told(offered)["withdrawn"]
    assert told(offered)["void"]
    assert told((await holder.get(at)).json()) == {"accepted": True, "declined": True}
    assert told((await course.manager.get(at)).json()) == {"withdrawn": True}

    accepted = (await holder.post(f"{at}/acceptance")).json()
    assert told(accepted) == {"accepted": False, "declined": False}
    (why,) = accepted["actions"][0]["blocked_by"]
    assert (why["code"], why["pointer"]) == ("not_in_this_state", "/state")
    (item,) = (await holder.get("/v1/offers")).json()["items"]
    assert "actions" not in item

    application_read = (await course.manager.get(f"/v1/applications/{application}")).json()
    ends = ["withdrawn", "void"]
    assert told(application_read) == dict.fromkeys(["returned", "not_nominated", *ends], False)
    for action in application_read["actions"]:
        if action["name"] in ends:
            assert [why["code"] for why in action["blocked_by"]] == ["offer_accepted"]
            body = {"reason": "fraud"} if action["name"] == "void" else None
            refused = await course.manager.request(action["method"], action["href"], json=body)
            assert (refused.status_code, refused.json()["code"]) == (409, "step-refused")
    (enrolled,) = (await course.manager.get("/v1/participations")).json()["items"]
    participation = f"/v1/participations/{enrolled['id']}"
    steps = told((await course.manager.get(participation)).json())
    assert steps == dict.fromkeys(["active", "arrived", "dismissed", "no_show", "withdrawn"], True)
    assert told((await holder.get(participation)).json()) == {}


async def test_each_action_is_where_it_says(course: Course) -> None:
    person, application = await course.nominee("TJ")
    await course.decide("eligible", application)
    await course.decide("selected", application)
    holder = course.holder(person)
    offer = (await holder.get((await course.offer(application)).headers["location"])).json()
    accept = next(action for action in offer["actions"] if action["name"] == "accepted")
    done = await holder.request(accept["method"], accept["href"])
    assert (done.status_code, done.json()["state"]) == (200, "accepted")
